package main

import (
	"errors"
	"fmt"
	"net/http"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// rule forbids a verb on a resource; * stands for all.
type rule struct {
	Verb     string `json:"verb"`
	Resource string `json:"resource"`
}

// rules is what the token's owner must not do.
type rules struct {
	mu        sync.Mutex
	forbidden []rule
}

func (r *rules) set(forbidden []rule) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.forbidden = forbidden
}

func (r *rules) check(asked call) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	resource := asked.resource.name
	if asked.subresource != "" {
		resource += "/" + asked.subresource
	}
	for _, each := range r.forbidden {
		if (each.Verb == "*" || each.Verb == asked.verb) && (each.Resource == "*" || each.Resource == resource) {
			return forbiddenError(asked, resource)
		}
	}
	return nil
}

// forbiddenError says it as the authorizer of a real API server does.
func forbiddenError(asked call, resource string) error {
	where := "at the cluster scope"
	if asked.namespace != "" {
		where = fmt.Sprintf("in the namespace %q", asked.namespace)
	}
	why := fmt.Errorf("User %q cannot %s resource %q in API group %q %s", user, asked.verb, resource, asked.resource.group, where)
	kind := asked.resource.groupResource()
	kind.Resource = resource
	return apierrors.NewForbidden(kind, asked.name, why)
}

func notFound(asked call) error {
	return apierrors.NewNotFound(asked.resource.groupResource(), asked.name)
}

func statusOf(err error) metav1.Status {
	var known apierrors.APIStatus
	if !errors.As(err, &known) {
		known = apierrors.NewInternalError(err)
	}
	status := known.Status()
	status.TypeMeta = metav1.TypeMeta{Kind: "Status", APIVersion: "v1"}
	if status.Code == 0 {
		status.Code = http.StatusInternalServerError
	}
	return status
}
