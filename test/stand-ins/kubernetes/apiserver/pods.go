package main

import (
	"fmt"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/uuid"
)

// admitLocked takes a pod in as Pending and starts it, and makes it ready, as the settings say.
func (c *cluster) admitLocked(pod object) object {
	now := c.settings
	pod.Object["status"] = map[string]any{"phase": "Pending", "qosClass": "Burstable"}
	_ = unstructured.SetNestedField(pod.Object, "stand-in-node", "spec", "nodeName")
	pod = c.addLocked("pods", pod)
	c.backends[pod.GetUID()] = newBackend(now.Addresses)
	if now.WaitingReason != "" {
		c.changeLocked("pods", keyOf(pod), func(o object) { setWaiting(o, now.WaitingReason) })
		return pod
	}
	after(now.StartAfterMs, func() { c.runPod(pod.GetUID(), now.ReadyAfterMs) })
	return pod
}

// runPod starts a pod's containers.
func (c *cluster) runPod(uid types.UID, readyAfterMs int) {
	c.changePod(uid, func(o object) { setRunning(o, 0) })
	if readyAfterMs >= 0 {
		after(readyAfterMs, func() { c.changePod(uid, func(o object) { setReady(o, true) }) })
	}
}

// restartContainers ends a pod's containers and starts them again, as after a crash.
func (c *cluster) restartContainers(uid types.UID) {
	if backend := c.backendOf(uid); backend != nil {
		backend.cut()
	}
	c.mu.Lock()
	readyAfterMs := c.settings.ReadyAfterMs
	c.mu.Unlock()
	c.changePod(uid, func(o object) { setRunning(o, restartsOf(o)+1) })
	if readyAfterMs >= 0 {
		after(readyAfterMs, func() { c.changePod(uid, func(o object) { setReady(o, true) }) })
	}
}

// terminateLocked marks a pod as ending; after the grace it is gone, and so is every connection into it.
func (c *cluster) terminateLocked(pod object) {
	if pod.GetDeletionTimestamp() != nil {
		return
	}
	grace := c.settings.GraceMs
	c.changeLocked("pods", keyOf(pod), func(o object) {
		ends := metav1.NewTime(time.Now().Add(time.Duration(grace) * time.Millisecond))
		seconds := int64(grace+999) / 1000
		o.SetDeletionTimestamp(&ends)
		o.SetDeletionGracePeriodSeconds(&seconds)
	})
	after(grace, func() { c.removePod(pod.GetUID()) })
}

func (c *cluster) removePod(uid types.UID) {
	if backend := c.backendOf(uid); backend != nil {
		backend.close()
	}
	c.mu.Lock()
	if pod := c.podLocked(uid); pod != nil {
		c.putLocked("pods", "DELETED", pod.DeepCopy())
	}
	delete(c.backends, uid)
	c.mu.Unlock()
	c.control()
}

func (c *cluster) changePod(uid types.UID, edit func(o object)) {
	c.mu.Lock()
	if pod := c.podLocked(uid); pod != nil {
		c.changeLocked("pods", keyOf(pod), edit)
	}
	c.mu.Unlock()
	c.control()
}

func (c *cluster) podLocked(uid types.UID) object {
	for _, pod := range c.objects["pods"] {
		if pod.GetUID() == uid {
			return pod
		}
	}
	return nil
}

func (c *cluster) backendOf(uid types.UID) *backend {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.backends[uid]
}

func setRunning(pod object, restarts int64) {
	statuses := []any{}
	for _, name := range containersOf(pod) {
		statuses = append(statuses, map[string]any{
			"name": name, "ready": false, "started": true, "restartCount": restarts,
			"image": "stand-in", "imageID": "",
			"containerID": "containerd://" + strings.ReplaceAll(string(uuid.NewUUID()), "-", ""),
			"state":       map[string]any{"running": map[string]any{"startedAt": time.Now().UTC().Format(time.RFC3339)}},
		})
	}
	pod.Object["status"] = map[string]any{
		"phase": "Running", "podIP": "10.244.0.7", "startTime": time.Now().UTC().Format(time.RFC3339),
		"containerStatuses": statuses,
		"conditions":        []any{map[string]any{"type": "Ready", "status": "False"}},
	}
}

func setReady(pod object, isReady bool) {
	statuses, _, _ := unstructured.NestedSlice(pod.Object, "status", "containerStatuses")
	for _, each := range statuses {
		if status, isMap := each.(map[string]any); isMap {
			status["ready"] = isReady
		}
	}
	word := "False"
	if isReady {
		word = "True"
	}
	_ = unstructured.SetNestedSlice(pod.Object, statuses, "status", "containerStatuses")
	_ = unstructured.SetNestedSlice(pod.Object, []any{map[string]any{"type": "Ready", "status": word}}, "status", "conditions")
}

func setWaiting(pod object, reason string) {
	statuses := []any{}
	for _, name := range containersOf(pod) {
		waiting := map[string]any{"reason": reason, "message": fmt.Sprintf("container %q waits", name)}
		statuses = append(statuses, map[string]any{
			"name": name, "ready": false, "restartCount": int64(0), "image": "stand-in", "imageID": "",
			"state": map[string]any{"waiting": waiting},
		})
	}
	_ = unstructured.SetNestedSlice(pod.Object, statuses, "status", "containerStatuses")
}

func isReady(pod object) bool {
	conditions, _, _ := unstructured.NestedSlice(pod.Object, "status", "conditions")
	for _, each := range conditions {
		condition, isMap := each.(map[string]any)
		if isMap && condition["type"] == "Ready" {
			return condition["status"] == "True"
		}
	}
	return false
}

func restartsOf(pod object) int64 {
	statuses, _, _ := unstructured.NestedSlice(pod.Object, "status", "containerStatuses")
	for _, each := range statuses {
		if status, isMap := each.(map[string]any); isMap {
			restarts, _, _ := unstructured.NestedInt64(status, "restartCount")
			return restarts
		}
	}
	return 0
}

func containersOf(pod object) []string {
	containers, _, _ := unstructured.NestedSlice(pod.Object, "spec", "containers")
	names := []string{}
	for _, each := range containers {
		if container, isMap := each.(map[string]any); isMap {
			name, _, _ := unstructured.NestedString(container, "name")
			names = append(names, name)
		}
	}
	return names
}
