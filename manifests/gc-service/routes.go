package main

import (
	"fmt"
	"net/http"
	"runtime"
)

func routes() http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("/allocate-memory-and-run-gc", func(w http.ResponseWriter, r *http.Request) {
		if allocate(w, r) {
			collect(w)
		}
	})
	mux.HandleFunc("/allocate-memory", func(w http.ResponseWriter, r *http.Request) { allocate(w, r) })
	mux.HandleFunc("/run-gc", func(w http.ResponseWriter, r *http.Request) { collect(w) })
	mux.HandleFunc("/healthz", func(w http.ResponseWriter, r *http.Request) { fmt.Fprintln(w, "ok") })
	return mux
}

// allocate makes the strings that the request asks for and drops them. It reports false after a 400.
func allocate(w http.ResponseWriter, r *http.Request) bool {
	asked, err := parseSize(r.URL.Query())
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return false
	}
	array := generateRandomStringArray(asked.arrayLength, asked.bytesPerElement)
	fmt.Fprintf(w, "Generated string array with %d bytes of data\n", len(array)*len(array[0]))
	return true
}

func collect(w http.ResponseWriter) {
	runtime.GC()
	fmt.Fprintln(w, "Ran garbage collector")
}
