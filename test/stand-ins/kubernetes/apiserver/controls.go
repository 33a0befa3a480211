package main

import (
	"encoding/json"
	"fmt"
	"net/http"

	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
)

// controls is how tests change the cluster: POST with a JSON body, answered in JSON.
type controls struct {
	api  *api
	door *door
}

func (c *controls) handler() http.Handler {
	mux := http.NewServeMux()
	cluster := c.api.cluster
	on(mux, "/settings", func(new settings) (any, error) {
		cluster.mu.Lock()
		defer cluster.mu.Unlock()
		cluster.settings = new
		return nil, nil
	})
	on(mux, "/forbid", func(forbidden []rule) (any, error) {
		c.api.rules.set(forbidden)
		return nil, nil
	})
	on(mux, "/pods", c.addPod)
	on(mux, "/pods/delete", c.onPod(func(uid types.UID, o object) {
		cluster.mu.Lock()
		cluster.terminateLocked(o)
		cluster.mu.Unlock()
		cluster.control()
	}))
	on(mux, "/pods/ready", c.onPod(func(uid types.UID, _ object) {
		cluster.changePod(uid, func(o object) { setReady(o, true) })
	}))
	on(mux, "/pods/unready", c.onPod(func(uid types.UID, _ object) {
		cluster.changePod(uid, func(o object) { setReady(o, false) })
	}))
	on(mux, "/pods/restart", c.onPod(func(uid types.UID, _ object) {
		cluster.restartContainers(uid)
	}))
	on(mux, "/cut", func(which struct{ Forwards, Others bool }) (any, error) {
		chosen := func(isForward bool) bool { return isForward && which.Forwards || !isForward && which.Others }
		return map[string]int{"cut": c.door.cut(chosen)}, nil
	})
	on(mux, "/freeze", func(struct{}) (any, error) {
		return map[string]int{"frozen": c.door.freeze()}, nil
	})
	on(mux, "/shut", func(struct{}) (any, error) {
		c.door.shut()
		return nil, nil
	})
	on(mux, "/reopen", func(struct{}) (any, error) { return nil, c.door.reopen() })
	on(mux, "/requests", func(struct{}) (any, error) { return c.api.noted(), nil })
	return mux
}

// podName names a pod.
type podName struct {
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
}

// newPod is a pod as a test gives it: the object, and what stands behind its ports if that is not what the settings say.
type newPod struct {
	Pod       map[string]any    `json:"pod"`
	Addresses map[string]string `json:"addresses"`
}

func (c *controls) addPod(given newPod) (any, error) {
	cluster := c.api.cluster
	cluster.mu.Lock()
	pod := cluster.admitLocked(&unstructured.Unstructured{Object: given.Pod})
	if given.Addresses != nil {
		cluster.backends[pod.GetUID()] = newBackend(given.Addresses)
	}
	cluster.mu.Unlock()
	return pod.Object, nil
}

func (c *controls) onPod(do func(uid types.UID, o object)) func(podName) (any, error) {
	return func(asked podName) (any, error) {
		o, found := c.api.cluster.get("pods", asked.Namespace, asked.Name)
		if !found {
			return nil, fmt.Errorf("no pod %q in namespace %q", asked.Name, asked.Namespace)
		}
		do(o.GetUID(), o)
		return nil, nil
	}
}

func on[Asked any](mux *http.ServeMux, path string, do func(Asked) (any, error)) {
	mux.HandleFunc("POST "+path, func(w http.ResponseWriter, req *http.Request) {
		var asked Asked
		err := json.NewDecoder(req.Body).Decode(&asked)
		if err == nil {
			var result any
			if result, err = do(asked); err == nil {
				answer(w, http.StatusOK, result)
				return
			}
		}
		http.Error(w, err.Error(), http.StatusBadRequest)
	})
}
