package main

import (
	"sync/atomic"
	"time"
)

// letters are 64, so that six random bits choose one.
const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"

// seed is a new number for each string. A rand.Source that all requests share would be no alternative: it must not be
// used by two goroutines at once (math/rand), and concurrent requests make it panic.
var seed = uint64(time.Now().UnixNano())

func generateRandomStringArray(arrayLength, bytesPerElement int) []string {
	array := make([]string, arrayLength)
	for i := range array {
		array[i] = generateRandomString(bytesPerElement)
	}
	return array
}

// generateRandomString makes one string, in two allocations of n bytes: the letters, and the string they are copied to. Probes attach to it by its name and read n:
// it must stay a function of its own.
//
//go:noinline
func generateRandomString(n int) string {
	text := make([]byte, n)
	state := atomic.AddUint64(&seed, 1)
	var bits uint64
	for i := range text {
		if i%10 == 0 { // 64 bits choose ten letters
			bits, state = splitMix64(state)
		}
		text[i] = letters[bits&63]
		bits >>= 6
	}
	return string(text)
}

// splitMix64 gives 64 random bits and the next state (Steele, Lea, Flood: Fast Splittable Pseudorandom Number
// Generators, 2014).
func splitMix64(state uint64) (bits, next uint64) {
	next = state + 0x9e3779b97f4a7c15
	bits = (next ^ next>>30) * 0xbf58476d1ce4e5b9
	bits = (bits ^ bits>>27) * 0x94d049bb133111eb
	return bits ^ bits>>31, next
}
