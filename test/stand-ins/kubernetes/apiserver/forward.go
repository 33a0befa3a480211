package main

import (
	"net/http"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/httpstream/wsstream"
	"k8s.io/apimachinery/pkg/util/proxy"
	translator "k8s.io/apiserver/pkg/util/proxy"
)

// forward connects kubectl with the kubelet as the API server does: SPDY is passed on, and a WebSocket is taken for a
// tunnel with SPDY inside.
func (a *api) forward(w http.ResponseWriter, req *http.Request, asked call) error {
	pod, found := a.cluster.get("pods", asked.namespace, asked.name)
	if !found {
		return notFound(asked)
	}
	if phase, _, _ := unstructured.NestedString(pod.Object, "status", "phase"); phase != "Running" {
		return apierrors.NewBadRequest("pod " + asked.name + " does not run: its phase is " + phase)
	}
	req.Header.Del("Authorization") // it is for the API server, not for the kubelet
	upgrade := proxy.NewUpgradeAwareHandler(a.kubelet.location(pod), http.DefaultTransport, false, true, responder{})
	tunnel := translator.NewTunnelingHandler(upgrade)
	translator.NewTranslatingHandler(upgrade, tunnel, wsstream.IsWebSocketRequestWithTunnelingProtocol).ServeHTTP(w, req)
	return nil
}

type responder struct{}

func (responder) Error(w http.ResponseWriter, _ *http.Request, err error) { answerError(w, err) }
