package main

import (
	"errors"
	"fmt"
	"net/url"
	"strconv"
)

const (
	defaultArrayLength     = 1000
	defaultBytesPerElement = 8192

	maxArrayLength = 1 << 20  // 16 MiB of string headers
	maxTotalBytes  = 32 << 20 // a single string of it takes twice that: four such requests at once live on 256 MiB
)

// size is how much a request allocates, within the bounds that errSize tells.
type size struct {
	arrayLength, bytesPerElement int
}

var errSize = fmt.Errorf("arrayLength must be 1 to %d, bytesPerElement 0 or more, and their product at most %d bytes",
	maxArrayLength, maxTotalBytes)

// parseSize reads arrayLength and bytesPerElement. What is absent or not an integer takes its default.
func parseSize(query url.Values) (size, error) {
	length, lengthErr := integer(query.Get("arrayLength"), defaultArrayLength)
	each, eachErr := integer(query.Get("bytesPerElement"), defaultBytesPerElement)
	if lengthErr != nil || eachErr != nil || length < 1 || length > maxArrayLength || each < 0 {
		return size{}, errSize
	}
	if each > maxTotalBytes/length { // a product could overflow
		return size{}, errSize
	}
	return size{arrayLength: int(length), bytesPerElement: int(each)}, nil
}

// integer fails only for an integer that does not fit in 64 bits.
func integer(text string, otherwise int64) (int64, error) {
	value, err := strconv.ParseInt(text, 10, 64)
	if errors.Is(err, strconv.ErrRange) {
		return 0, err
	}
	if err != nil {
		return otherwise, nil
	}
	return value, nil
}
