// gc-service is the demo service of gctop: it allocates memory and runs the garbage collector on request.
// It builds with Go 1.16 and later, from the standard library alone.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strconv"
	"syscall"
	"time"
)

// shutdownGrace is how long requests in flight may still take once a signal has asked the service to end.
const shutdownGrace = 500 * time.Millisecond

func main() {
	host := flag.String("host", "", "address to listen on (default: every interface)")
	port := flag.Int("port", 8080, "port to listen on; 0 picks a free one")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	err := serve(ctx, net.JoinHostPort(*host, strconv.Itoa(*port)), os.Stdout)
	stop()
	if err != nil {
		fmt.Fprintln(os.Stderr, "gc-service:", err)
		os.Exit(1)
	}
}

// serve answers requests until ctx is done. Once it accepts connections it prints one line to ready:
//
//	listening on HOST:PORT
//
// where HOST:PORT can be dialled from this machine and PORT is the real one. Programs that start the service wait
// for that line and read the address from it.
func serve(ctx context.Context, address string, ready io.Writer) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	server := newServer()
	served := make(chan error, 1)
	go func() { served <- server.Serve(listener) }()
	fmt.Fprintf(ready, "listening on %s\n", dialable(listener.Addr()))
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	graceful, cancel := context.WithTimeout(context.Background(), shutdownGrace)
	defer cancel()
	if server.Shutdown(graceful) != nil {
		server.Close() // requests outlived the grace: drop them
	}
	return nil
}

func newServer() *http.Server {
	return &http.Server{
		Handler:           routes(),
		ReadHeaderTimeout: 5 * time.Second,
		ReadTimeout:       10 * time.Second,
		WriteTimeout:      time.Minute, // the largest allocation takes seconds on a slow machine
		IdleTimeout:       time.Minute,
		MaxHeaderBytes:    1 << 16,
	}
}

// dialable turns the wildcard address of a listener into the loopback address, which can be dialled.
func dialable(address net.Addr) string {
	tcp, ok := address.(*net.TCPAddr)
	if ok && tcp.IP.IsUnspecified() {
		return net.JoinHostPort("127.0.0.1", strconv.Itoa(tcp.Port))
	}
	return address.String()
}
