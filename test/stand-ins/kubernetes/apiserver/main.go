// Command apiserver is a cluster for tests: an API server that kubectl accepts, its controllers and its kubelet in one
// process on this machine. Pods are entries in a table that stand for real local addresses; kubectl's connections to
// them go through Kubernetes' own streaming code. A second listener lets tests change the cluster.
package main

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"os"
	"os/signal"
	"syscall"
)

// greeting is the one line on stdout: where the cluster is and how to get in.
type greeting struct {
	Server  string `json:"server"`
	Control string `json:"control"`
	Token   string `json:"token"`
	CA      string `json:"ca"`
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout); err != nil {
		log.Fatal(err)
	}
}

func run(ctx context.Context, out io.Writer) error {
	token, err := randomToken()
	if err != nil {
		return err
	}
	certificate, authority, err := selfSigned()
	if err != nil {
		return err
	}
	kube := newCluster()
	kubelet, err := startKubelet(kube)
	if err != nil {
		return err
	}
	door, err := openDoor(certificate)
	if err != nil {
		return err
	}
	api := &api{cluster: kube, kubelet: kubelet, token: token, rules: &rules{}}
	door.serve(api)
	control, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	go func() { _ = http.Serve(control, (&controls{api: api, door: door}).handler()) }()

	hello := greeting{
		Server:  "https://" + door.address,
		Control: "http://" + control.Addr().String(),
		Token:   token,
		CA:      authority,
	}
	line, err := json.Marshal(hello)
	if err != nil {
		return err
	}
	fmt.Fprintln(out, string(line))
	<-ctx.Done()
	return nil
}

func randomToken() (string, error) {
	bytes := make([]byte, 16)
	_, err := rand.Read(bytes)
	return hex.EncodeToString(bytes), err
}
