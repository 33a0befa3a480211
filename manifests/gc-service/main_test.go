package main

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"
)

func get(t *testing.T, target string) (int, string) {
	t.Helper()
	recorder := httptest.NewRecorder()
	routes().ServeHTTP(recorder, httptest.NewRequest(http.MethodGet, target, nil))
	return recorder.Code, recorder.Body.String()
}

func TestAnswers(t *testing.T) {
	const collected = "Ran garbage collector\n"
	for target, want := range map[string]string{
		"/allocate-memory":            "Generated string array with 8192000 bytes of data\n",
		"/allocate-memory-and-run-gc": "Generated string array with 8192000 bytes of data\n" + collected,
		"/run-gc":                     collected,
		"/healthz":                    "ok\n",
		"/allocate-memory?arrayLength=3&bytesPerElement=5":                   "Generated string array with 15 bytes of data\n",
		"/allocate-memory?arrayLength=3":                                     "Generated string array with 24576 bytes of data\n",
		"/allocate-memory?bytesPerElement=1":                                 "Generated string array with 1000 bytes of data\n",
		"/allocate-memory?bytesPerElement=0":                                 "Generated string array with 0 bytes of data\n",
		"/allocate-memory?arrayLength=many&bytesPerElement=2":                "Generated string array with 2000 bytes of data\n",
		"/allocate-memory?arrayLength=1.5&bytesPerElement=":                  "Generated string array with 8192000 bytes of data\n",
		"/allocate-memory-and-run-gc?arrayLength=1048576&bytesPerElement=1":  "Generated string array with 1048576 bytes of data\n" + collected,
		"/allocate-memory-and-run-gc?arrayLength=1&bytesPerElement=33554432": "Generated string array with 33554432 bytes of data\n" + collected,
	} {
		if code, body := get(t, target); code != http.StatusOK || body != want {
			t.Errorf("%s: %d %q, want 200 %q", target, code, body, want)
		}
	}
}

func TestSizesOutOfBoundsAreBadRequests(t *testing.T) {
	const want = "arrayLength must be 1 to 1048576, bytesPerElement 0 or more, and their product at most 33554432 bytes\n"
	for _, query := range []string{
		"arrayLength=0",
		"arrayLength=-1",
		"bytesPerElement=-1",
		"arrayLength=1048577&bytesPerElement=0",
		"arrayLength=2&bytesPerElement=16777217",
		"bytesPerElement=33555",
		"bytesPerElement=33554432",
		"bytesPerElement=9223372036854775807",
		"arrayLength=-9223372036854775808",
		"arrayLength=4294967296&bytesPerElement=4294967296", // the product is 0 in 64 bits
		"arrayLength=92233720368547758080",
		"bytesPerElement=-92233720368547758080",
	} {
		for _, path := range []string{"/allocate-memory", "/allocate-memory-and-run-gc"} {
			if code, body := get(t, path+"?"+query); code != http.StatusBadRequest || body != want {
				t.Errorf("%s?%s: %d %q, want 400 %q", path, query, code, body, want)
			}
		}
	}
}

func TestStringsAreRandomLettersOfTheLengthAskedFor(t *testing.T) {
	only := regexp.MustCompile(`^[a-zA-Z0-9_-]*$`)
	seen := map[string]bool{}
	for _, text := range generateRandomStringArray(100, 37) {
		if len(text) != 37 || !only.MatchString(text) || seen[text] {
			t.Fatalf("%q is seen twice or is not 37 letters", text)
		}
		seen[text] = true
	}
	every := generateRandomString(1 << 16)
	for _, letter := range letters {
		if !strings.ContainsRune(every, letter) {
			t.Errorf("%q never appears", letter)
		}
	}
}

func TestServesConcurrentRequestsAndEndsWhenAsked(t *testing.T) {
	ctx, stop := context.WithCancel(context.Background())
	lines, ready := io.Pipe()
	ended := make(chan error, 1)
	go func() { ended <- serve(ctx, "127.0.0.1:0", ready) }()
	line := make([]byte, 100)
	length, err := lines.Read(line)
	if err != nil {
		t.Fatal(err)
	}
	found := regexp.MustCompile(`^listening on (127\.0\.0\.1:[1-9]\d*)\n$`).FindSubmatch(line[:length])
	if found == nil {
		t.Fatalf("unexpected first line %q", line[:length])
	}
	var clients sync.WaitGroup
	for client := 0; client < 8; client++ {
		clients.Add(1)
		go func() {
			defer clients.Done()
			for i := 0; i < 10; i++ {
				fetch(t, "http://"+string(found[1])+"/allocate-memory-and-run-gc?arrayLength=50")
			}
		}()
	}
	clients.Wait()
	stop()
	select {
	case err := <-ended:
		if err != nil {
			t.Errorf("ended with %v", err)
		}
	case <-time.After(5 * time.Second):
		t.Error("did not end")
	}
}

func fetch(t *testing.T, url string) {
	response, err := http.Get(url)
	if err != nil {
		t.Error(err)
		return
	}
	defer response.Body.Close()
	body, err := io.ReadAll(response.Body)
	if want := "Generated string array with 409600 bytes of data\nRan garbage collector\n"; err != nil || string(body) != want {
		t.Errorf("%q, %v, want %q", body, err, want)
	}
}

func TestATakenPortIsAnError(t *testing.T) {
	taken, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer taken.Close()
	var output bytes.Buffer
	if serve(context.Background(), taken.Addr().String(), &output) == nil || output.Len() > 0 {
		t.Errorf("no error, or a ready line: %q", output.String())
	}
}

func TestTheWildcardAddressIsToldAsLoopback(t *testing.T) {
	for from, want := range map[string]string{"[::]:80": "127.0.0.1:80", "0.0.0.0:81": "127.0.0.1:81", "[::1]:82": "[::1]:82"} {
		address, err := net.ResolveTCPAddr("tcp", from)
		if err != nil {
			t.Fatal(err)
		}
		if got := dialable(address); got != want {
			t.Errorf("%s: %s, want %s", from, got, want)
		}
	}
}
