package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/labels"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	kjson "sigs.k8s.io/json"
)

func (a *api) read(w http.ResponseWriter, asked call) error {
	o, found := a.cluster.get(asked.resource.name, asked.namespace, asked.name)
	if !found {
		return notFound(asked)
	}
	answer(w, http.StatusOK, o.Object)
	return nil
}

func (a *api) list(w http.ResponseWriter, req *http.Request, asked call) error {
	chosen, err := chosenBy(req, asked)
	if err != nil {
		return err
	}
	found, version := a.cluster.list(asked.resource.name, chosen)
	items := []any{}
	for _, each := range found {
		items = append(items, each.Object)
	}
	answer(w, http.StatusOK, map[string]any{
		"kind": asked.resource.kind + "List", "apiVersion": asked.resource.groupVersion(),
		"metadata": map[string]any{"resourceVersion": strconv.FormatInt(version, 10)},
		"items":    items,
	})
	return nil
}

// watch tells every change after a version, or first all there is if none is given.
func (a *api) watch(w http.ResponseWriter, req *http.Request, asked call) error {
	chosen, err := chosenBy(req, asked)
	if err != nil {
		return err
	}
	seconds, _ := strconv.Atoi(req.URL.Query().Get("timeoutSeconds"))
	if seconds <= 0 {
		seconds = 1800
	}
	over := time.After(time.Duration(seconds) * time.Second)
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusOK)
	tell := func(kind string, o object) {
		_ = json.NewEncoder(w).Encode(map[string]any{"type": kind, "object": o.Object})
	}
	version, _ := strconv.ParseInt(req.URL.Query().Get("resourceVersion"), 10, 64)
	if version == 0 {
		found, current := a.cluster.list(asked.resource.name, chosen)
		for _, each := range found {
			tell("ADDED", each)
		}
		version = current
	}
	for {
		events, more := a.cluster.since(version)
		for _, each := range events {
			version = each.version
			if each.resource == asked.resource.name && chosen(each.object) {
				tell(each.kind, each.object)
			}
		}
		_ = http.NewResponseController(w).Flush()
		select {
		case <-more:
		case <-over:
			return nil
		case <-req.Context().Done():
			return nil
		}
	}
}

func (a *api) create(w http.ResponseWriter, req *http.Request, asked call) error {
	body, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	o, err := decode(body, asked, req)
	if err != nil {
		return err
	}
	if _, exists := a.cluster.get(asked.resource.name, asked.namespace, o.GetName()); exists {
		return apierrors.NewAlreadyExists(asked.resource.groupResource(), o.GetName())
	}
	o.SetNamespace(asked.namespace)
	if asked.resource.name == "pods" {
		a.cluster.mu.Lock()
		o = a.cluster.admitLocked(o)
		a.cluster.mu.Unlock()
	} else {
		o = a.cluster.add(asked.resource.name, o)
	}
	a.cluster.control()
	answer(w, http.StatusCreated, o.Object)
	return nil
}

// patch merges as a real API server does for these kinds: by the tags of their Go types.
func (a *api) patch(w http.ResponseWriter, req *http.Request, asked call) error {
	if kind := req.Header.Get("Content-Type"); kind != string(types.StrategicMergePatchType) {
		return apierrors.NewBadRequest(fmt.Sprintf("patches of type %q are not served here", kind))
	}
	patch, err := io.ReadAll(req.Body)
	if err != nil {
		return err
	}
	before, found := a.cluster.get(asked.resource.name, asked.namespace, asked.name)
	if !found {
		return notFound(asked)
	}
	original, err := before.MarshalJSON()
	if err != nil {
		return err
	}
	merged, err := strategicpatch.StrategicMergePatch(original, patch, asked.resource.typed())
	if err != nil {
		return apierrors.NewBadRequest(err.Error())
	}
	after, err := decode(merged, asked, req)
	if err != nil {
		return err
	}
	a.cluster.change(asked.resource.name, asked.namespace, asked.name, func(o object) {
		o.Object = after.Object
		o.SetGeneration(before.GetGeneration() + 1)
	})
	a.cluster.control()
	return a.read(w, asked)
}

func (a *api) remove(w http.ResponseWriter, asked call) error {
	o, found := a.cluster.get(asked.resource.name, asked.namespace, asked.name)
	if !found {
		return notFound(asked)
	}
	a.cluster.mu.Lock()
	if asked.resource.name == "pods" {
		a.cluster.terminateLocked(o)
	} else {
		a.cluster.putLocked(asked.resource.name, "DELETED", o)
		a.cluster.collectLocked(o)
	}
	a.cluster.mu.Unlock()
	a.cluster.control()
	answer(w, http.StatusOK, o.Object)
	return nil
}

// decode reads an object; a field that its kind does not have is refused where the client asks for that.
func decode(body []byte, asked call, req *http.Request) (object, error) {
	if req.URL.Query().Get("fieldValidation") == "Strict" {
		unknown, err := kjson.UnmarshalStrict(body, asked.resource.typed())
		if err == nil && len(unknown) > 0 {
			err = fmt.Errorf("strict decoding error: %w", unknown[0])
		}
		if err != nil {
			return nil, apierrors.NewBadRequest(err.Error())
		}
	}
	o := &unstructured.Unstructured{}
	if err := o.UnmarshalJSON(body); err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return o, nil
}

// chosenBy reads the selectors of a list or a watch.
func chosenBy(req *http.Request, asked call) (func(o object) bool, error) {
	byLabel, err := labels.Parse(req.URL.Query().Get("labelSelector"))
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	byField, err := fields.ParseSelector(req.URL.Query().Get("fieldSelector"))
	if err != nil {
		return nil, apierrors.NewBadRequest(err.Error())
	}
	return func(o object) bool {
		own := fields.Set{"metadata.name": o.GetName(), "metadata.namespace": o.GetNamespace()}
		inNamespace := asked.namespace == "" || asked.namespace == o.GetNamespace()
		return inNamespace && byLabel.Matches(labels.Set(o.GetLabels())) && byField.Matches(own)
	}, nil
}
