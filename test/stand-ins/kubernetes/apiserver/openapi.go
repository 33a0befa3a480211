package main

import (
	"fmt"
	"net/http"
	"strings"

	openapi "github.com/google/gnostic-models/openapiv2"
	"google.golang.org/protobuf/proto"
)

// answerOpenAPI tells kubectl apply as much as it must know: that this server checks the fields of what is sent by itself.
func answerOpenAPI(w http.ResponseWriter) {
	document, err := openapi.ParseDocument([]byte(openAPIText()))
	if err != nil {
		answerError(w, err)
		return
	}
	body, err := proto.Marshal(document)
	if err != nil {
		answerError(w, err)
		return
	}
	w.Header().Set("Content-Type", "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")
	_, _ = w.Write(body)
}

func openAPIText() string {
	paths := []string{}
	for _, each := range resources {
		paths = append(paths, fmt.Sprintf(`"/%s/%s/{name}": {"patch": {
			"parameters": [{"name": "fieldValidation", "in": "query", "type": "string"}],
			"responses": {"200": {"description": "OK"}},
			"x-kubernetes-group-version-kind": {"group": %q, "kind": %q, "version": %q}
		}}`, each.groupVersion(), each.name, each.group, each.kind, each.version))
	}
	return `{"swagger": "2.0", "info": {"title": "Kubernetes", "version": "v1.34.1"}, "paths": {` + strings.Join(paths, ",") + `}}`
}
