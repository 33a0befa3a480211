package main

import (
	"crypto/subtle"
	"encoding/json"
	"net/http"
	"strings"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/version"
)

// user is who the token belongs to.
const user = "gctop"

// api answers kubectl.
type api struct {
	cluster *cluster
	kubelet *kubelet
	token   string
	rules   *rules

	mu       sync.Mutex
	requests []string
}

// call is a request for a resource, taken apart.
type call struct {
	verb        string
	resource    resource
	namespace   string
	name        string
	subresource string
}

func (a *api) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	a.note(req)
	if !a.isKnown(req) {
		answerError(w, apierrors.NewUnauthorized("Unauthorized"))
		return
	}
	if document, found := discovery(req.URL.Path); found {
		answer(w, http.StatusOK, document)
		return
	}
	switch req.URL.Path {
	case "/version":
		answer(w, http.StatusOK, version.Info{Major: "1", Minor: "34", GitVersion: "v1.34.1", Platform: "linux/amd64"})
	case "/openapi/v2":
		answerOpenAPI(w)
	default:
		a.serveCall(w, req)
	}
}

func (a *api) serveCall(w http.ResponseWriter, req *http.Request) {
	asked, err := callOf(req)
	if err == nil {
		err = a.rules.check(asked)
	}
	if err != nil {
		answerError(w, err)
		return
	}
	if asked.subresource == "portforward" {
		err = a.forward(w, req, asked)
	} else if asked.subresource != "" {
		err = notFound(asked)
	} else {
		err = a.serveObjects(w, req, asked)
	}
	if err != nil {
		answerError(w, err)
	}
}

func (a *api) serveObjects(w http.ResponseWriter, req *http.Request, asked call) error {
	switch asked.verb {
	case "get":
		return a.read(w, asked)
	case "list":
		return a.list(w, req, asked)
	case "watch":
		return a.watch(w, req, asked)
	case "create":
		return a.create(w, req, asked)
	case "patch":
		return a.patch(w, req, asked)
	case "delete":
		return a.remove(w, asked)
	}
	return apierrors.NewMethodNotSupported(asked.resource.groupResource(), req.Method)
}

// callOf takes a path apart: /api/v1 or /apis/GROUP/VERSION, then [namespaces/NS/]RESOURCE[/NAME[/SUBRESOURCE]].
func callOf(req *http.Request) (call, error) {
	parts := strings.Split(strings.Trim(req.URL.Path, "/"), "/")
	var group, release string
	switch {
	case len(parts) >= 3 && parts[0] == "api":
		release, parts = parts[1], parts[2:]
	case len(parts) >= 4 && parts[0] == "apis":
		group, release, parts = parts[1], parts[2], parts[3:]
	default:
		return call{}, apierrors.NewNotFound(schema.GroupResource{}, req.URL.Path)
	}
	asked := call{}
	if parts[0] == "namespaces" && len(parts) >= 3 {
		asked.namespace, parts = parts[1], parts[2:]
	}
	found, known := resourceNamed(group, release, parts[0])
	if !known {
		return call{}, apierrors.NewNotFound(schema.GroupResource{Group: group, Resource: parts[0]}, "")
	}
	asked.resource = found
	if len(parts) > 1 {
		asked.name = parts[1]
	}
	if len(parts) > 2 {
		asked.subresource = strings.Join(parts[2:], "/")
	}
	asked.verb = verbOf(req, asked)
	return asked, nil
}

func verbOf(req *http.Request, asked call) string {
	switch req.Method {
	case http.MethodGet:
		switch {
		case asked.subresource != "", asked.name != "":
			return "get"
		case req.URL.Query().Get("watch") != "" && req.URL.Query().Get("watch") != "false":
			return "watch"
		}
		return "list"
	case http.MethodPost:
		return "create"
	case http.MethodPatch:
		return "patch"
	case http.MethodDelete:
		return "delete"
	}
	return strings.ToLower(req.Method)
}

func (a *api) isKnown(req *http.Request) bool {
	given := strings.TrimPrefix(req.Header.Get("Authorization"), "Bearer ")
	return subtle.ConstantTimeCompare([]byte(given), []byte(a.token)) == 1
}

// note keeps what was asked, for tests that want to know how.
func (a *api) note(req *http.Request) {
	line := req.Method + " " + req.URL.RequestURI()
	if upgrade := req.Header.Get("Upgrade"); upgrade != "" {
		line += " " + upgrade
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	a.requests = append(a.requests, line)
}

func (a *api) noted() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return append([]string{}, a.requests...)
}

func answer(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}

func answerError(w http.ResponseWriter, err error) {
	status := statusOf(err)
	answer(w, int(status.Code), status)
}
