package main

import (
	"crypto/tls"
	"log"
	"net"
	"net/http"
	"sync"
)

// door is where kubectl comes in. It can be shut, and everything that has come through it can be cut or frozen.
type door struct {
	address     string
	certificate tls.Certificate
	handler     http.Handler

	mu       sync.Mutex
	listener net.Listener
	guests   map[*guest]bool // true once the connection was upgraded: it is a port-forward
}

func openDoor(certificate tls.Certificate) (*door, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, err
	}
	return &door{
		address:     listener.Addr().String(),
		certificate: certificate,
		listener:    listener,
		guests:      map[*guest]bool{},
	}, nil
}

func (d *door) serve(handler http.Handler) {
	d.handler = handler
	go d.accept(d.listener)
}

func (d *door) accept(listener net.Listener) {
	server := &http.Server{
		Handler:   d.handler,
		ErrorLog:  log.New(quiet{}, "", 0),
		TLSConfig: &tls.Config{Certificates: []tls.Certificate{d.certificate}},
		ConnState: func(conn net.Conn, state http.ConnState) {
			if state == http.StateHijacked {
				d.markUpgraded(conn)
			}
		},
	}
	_ = server.ServeTLS(welcoming{listener, d}, "", "")
}

// shut refuses everybody and ends all that is under way, as an API server that goes down.
func (d *door) shut() {
	d.mu.Lock()
	_ = d.listener.Close()
	d.mu.Unlock()
	d.cut(func(bool) bool { return true })
}

// reopen lets kubectl in again, at the same address.
func (d *door) reopen() error {
	listener, err := net.Listen("tcp", d.address)
	if err != nil {
		return err
	}
	d.mu.Lock()
	d.listener = listener
	d.mu.Unlock()
	go d.accept(listener)
	return nil
}

// cut closes the connections that are chosen by whether they are port-forwards, and says how many.
func (d *door) cut(chosen func(isForward bool) bool) int {
	guests := d.chosen(chosen)
	for _, guest := range guests {
		_ = guest.Close()
	}
	return len(guests)
}

// freeze keeps the port-forwards of this moment open and lets nothing through any more, as a network that went away.
func (d *door) freeze() int {
	guests := d.chosen(func(isForward bool) bool { return isForward })
	for _, guest := range guests {
		guest.freeze()
	}
	return len(guests)
}

func (d *door) chosen(chosen func(isForward bool) bool) []*guest {
	d.mu.Lock()
	defer d.mu.Unlock()
	var guests []*guest
	for guest, isForward := range d.guests {
		if chosen(isForward) {
			guests = append(guests, guest)
		}
	}
	return guests
}

func (d *door) markUpgraded(conn net.Conn) {
	encrypted, isTLS := conn.(*tls.Conn)
	if !isTLS {
		return
	}
	if guest, isGuest := encrypted.NetConn().(*guest); isGuest {
		d.mu.Lock()
		defer d.mu.Unlock()
		if _, isHere := d.guests[guest]; isHere {
			d.guests[guest] = true
		}
	}
}

type welcoming struct {
	net.Listener
	door *door
}

func (w welcoming) Accept() (net.Conn, error) {
	conn, err := w.Listener.Accept()
	if err != nil {
		return nil, err
	}
	g := &guest{Conn: conn, door: w.door, frozen: make(chan struct{}), gone: make(chan struct{})}
	w.door.mu.Lock()
	w.door.guests[g] = false
	w.door.mu.Unlock()
	return g, nil
}

// guest is one connection of kubectl's.
type guest struct {
	net.Conn
	door       *door
	frozen     chan struct{}
	freezeOnce sync.Once
	gone       chan struct{}
	closeOnce  sync.Once
}

func (g *guest) freeze() { g.freezeOnce.Do(func() { close(g.frozen) }) }

func (g *guest) Read(into []byte) (int, error) {
	count, err := g.Conn.Read(into)
	g.waitIfFrozen()
	return count, err
}

func (g *guest) Write(from []byte) (int, error) {
	g.waitIfFrozen()
	return g.Conn.Write(from)
}

func (g *guest) waitIfFrozen() {
	select {
	case <-g.frozen:
		<-g.gone
	default:
	}
}

func (g *guest) Close() error {
	g.closeOnce.Do(func() {
		close(g.gone)
		g.door.mu.Lock()
		delete(g.door.guests, g)
		g.door.mu.Unlock()
	})
	return g.Conn.Close()
}

// quiet swallows what net/http says of connections that tests have cut.
type quiet struct{}

func (quiet) Write(line []byte) (int, error) { return len(line), nil }
