package main

import (
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"

	"k8s.io/apimachinery/pkg/types"
	"k8s.io/kubelet/pkg/cri/streaming/portforward"
)

const (
	idleTimeout           = 4 * time.Hour // the kubelet's default
	streamCreationTimeout = 30 * time.Second
)

// kubelet serves port-forwards over SPDY with the kubelet's own code, to the API server alone.
type kubelet struct {
	cluster *cluster
	address string
}

func startKubelet(c *cluster) (*kubelet, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	k := &kubelet{cluster: c, address: listener.Addr().String()}
	go func() { _ = http.Serve(listener, k) }()
	return k, nil
}

// location is where the port-forward of a pod is served.
func (k *kubelet) location(pod object) *url.URL {
	path := "/portForward/" + pod.GetNamespace() + "/" + pod.GetName() + "/" + string(pod.GetUID())
	return &url.URL{Scheme: "http", Host: k.address, Path: path}
}

func (k *kubelet) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	parts := strings.Split(strings.TrimPrefix(req.URL.Path, "/"), "/")
	if len(parts) != 4 || parts[0] != "portForward" {
		http.NotFound(w, req)
		return
	}
	options, err := portforward.NewV4Options(req)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	portforward.ServePortForward(w, req, k, parts[2], types.UID(parts[3]), options,
		idleTimeout, streamCreationTimeout, portforward.SupportedProtocols)
}

// PortForward joins one stream to a port of a pod until either side ends.
func (k *kubelet) PortForward(ctx context.Context, name string, uid types.UID, port int32, stream io.ReadWriteCloser) error {
	defer stream.Close()
	backend := k.cluster.backendOf(uid)
	if backend == nil {
		return fmt.Errorf("network namespace for sandbox of pod %q is closed", name)
	}
	conn, err := backend.dial(port)
	if err != nil {
		return fmt.Errorf("failed to connect to localhost:%d inside namespace of pod %q: %w", port, name, err)
	}
	defer backend.forget(conn)
	go func() {
		_, _ = io.Copy(conn, stream)
		if half, can := conn.(*net.TCPConn); can {
			_ = half.CloseWrite()
		}
	}()
	_, err = io.Copy(stream, conn)
	return err
}

// backend is what stands behind a pod's ports: real addresses of this machine.
type backend struct {
	mu        sync.Mutex
	addresses map[string]string
	conns     map[net.Conn]bool
}

func newBackend(addresses map[string]string) *backend {
	return &backend{addresses: addresses, conns: map[net.Conn]bool{}}
}

func (b *backend) dial(port int32) (net.Conn, error) {
	b.mu.Lock()
	address, known := b.addresses[strconv.Itoa(int(port))]
	b.mu.Unlock()
	if !known {
		return nil, fmt.Errorf("dial tcp4 127.0.0.1:%d: connect: connection refused", port)
	}
	conn, err := net.Dial("tcp", address)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	b.conns[conn] = true
	b.mu.Unlock()
	return conn, nil
}

func (b *backend) forget(conn net.Conn) {
	_ = conn.Close()
	b.mu.Lock()
	delete(b.conns, conn)
	b.mu.Unlock()
}

// cut ends every connection into the pod, as when its process dies.
func (b *backend) cut() {
	b.mu.Lock()
	defer b.mu.Unlock()
	for conn := range b.conns {
		_ = conn.Close()
	}
}

// close cuts, and refuses what comes later.
func (b *backend) close() {
	b.cut()
	b.mu.Lock()
	b.addresses = nil
	b.mu.Unlock()
}
