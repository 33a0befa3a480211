package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"sort"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	utilrand "k8s.io/apimachinery/pkg/util/rand"
)

// control has the deployments' pods made and replaced: what the deployment controller, the scheduler and the kubelet do.
func (c *cluster) control() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, deployment := range c.listLocked("deployments", anything) {
		c.reconcileLocked(deployment)
	}
}

// reconcileLocked makes the pods of the newest template that are missing, and ends the older ones once those are ready.
func (c *cluster) reconcileLocked(deployment object) {
	template, _, _ := unstructured.NestedMap(deployment.Object, "spec", "template")
	set := c.replicaSetLocked(deployment, template)
	wanted := int64(1)
	if replicas, given, _ := unstructured.NestedInt64(deployment.Object, "spec", "replicas"); given {
		wanted = replicas
	}
	current, older := c.podsLocked(deployment, set)
	for ; int64(len(current)) < wanted; current = append(current, nil) {
		c.newPodLocked(set, template)
	}
	for int64(len(current)) > wanted {
		c.terminateLocked(current[len(current)-1])
		current = current[:len(current)-1]
	}
	if c.readyLocked(current) >= wanted {
		for _, pod := range older {
			c.terminateLocked(pod)
		}
	}
	c.reportLocked(deployment, set, wanted)
}

// replicaSetLocked gives the set of a deployment's template, new if there is none yet.
func (c *cluster) replicaSetLocked(deployment object, template map[string]any) object {
	hash := templateHash(template)
	name := deployment.GetName() + "-" + hash
	if set, found := c.objects["replicasets"][deployment.GetNamespace()+"/"+name]; found {
		return set
	}
	selector, _, _ := unstructured.NestedMap(deployment.Object, "spec", "selector")
	set := &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "apps/v1", "kind": "ReplicaSet",
		"spec": map[string]any{"selector": selector, "template": template},
	}}
	set.SetName(name)
	set.SetNamespace(deployment.GetNamespace())
	set.SetLabels(map[string]string{"pod-template-hash": hash})
	set.SetOwnerReferences(ownedBy(deployment))
	return c.addLocked("replicasets", set)
}

func (c *cluster) newPodLocked(set object, template map[string]any) {
	pod := &unstructured.Unstructured{Object: map[string]any{"apiVersion": "v1", "kind": "Pod"}}
	copied := (&unstructured.Unstructured{Object: template}).DeepCopy()
	pod.Object["spec"] = copied.Object["spec"]
	labels, _, _ := unstructured.NestedStringMap(template, "metadata", "labels")
	if labels == nil {
		labels = map[string]string{}
	}
	labels["pod-template-hash"] = set.GetLabels()["pod-template-hash"]
	pod.SetLabels(labels)
	pod.SetName(set.GetName() + "-" + utilrand.String(5))
	pod.SetNamespace(set.GetNamespace())
	pod.SetOwnerReferences(ownedBy(set))
	c.admitLocked(pod)
}

// podsLocked gives a deployment's pods that are not terminating: those of the set, and those of older ones.
func (c *cluster) podsLocked(deployment, set object) (current, older []object) {
	ours := map[string]bool{}
	for _, each := range c.objects["replicasets"] {
		if isOwnedBy(each, deployment) {
			ours[each.GetName()] = true
		}
	}
	for _, pod := range c.listLocked("pods", anything) {
		owner := metav1.GetControllerOf(pod)
		if owner == nil || pod.GetNamespace() != deployment.GetNamespace() || pod.GetDeletionTimestamp() != nil {
			continue
		}
		switch {
		case owner.Name == set.GetName():
			current = append(current, pod)
		case ours[owner.Name]:
			older = append(older, pod)
		}
	}
	return current, older
}

func (c *cluster) readyLocked(pods []object) int64 {
	var ready int64
	for _, pod := range pods {
		if pod != nil && isReady(pod) {
			ready++
		}
	}
	return ready
}

// reportLocked writes a deployment's status if it is another than before.
func (c *cluster) reportLocked(deployment, set object, wanted int64) {
	current, older := c.podsLocked(deployment, set)
	ready := c.readyLocked(current)
	status := map[string]any{
		"observedGeneration":  deployment.GetGeneration(),
		"replicas":            int64(len(current) + len(older)),
		"updatedReplicas":     int64(len(current)),
		"readyReplicas":       ready,
		"availableReplicas":   ready,
		"unavailableReplicas": max(0, wanted-ready),
	}
	before, _ := json.Marshal(deployment.Object["status"])
	after, _ := json.Marshal(status)
	if string(before) == string(after) {
		return
	}
	c.changeLocked("deployments", keyOf(deployment), func(o object) { o.Object["status"] = status })
}

// collectLocked removes what a removed object owned: the garbage collector's work.
func (c *cluster) collectLocked(owner object) {
	for _, set := range c.listLocked("replicasets", anything) {
		if isOwnedBy(set, owner) {
			c.putLocked("replicasets", "DELETED", set)
			c.collectLocked(set)
		}
	}
	for _, pod := range c.listLocked("pods", anything) {
		if isOwnedBy(pod, owner) {
			c.terminateLocked(pod)
		}
	}
}

func ownedBy(owner object) []metav1.OwnerReference {
	return []metav1.OwnerReference{*metav1.NewControllerRef(owner, owner.GroupVersionKind())}
}

func isOwnedBy(o, owner object) bool {
	controller := metav1.GetControllerOf(o)
	return controller != nil && controller.UID == owner.GetUID()
}

func templateHash(template map[string]any) string {
	text, _ := json.Marshal(template)
	hash := fnv.New32a()
	_, _ = hash.Write(text)
	return utilrand.SafeEncodeString(fmt.Sprint(hash.Sum32()))
}

func sortedKeys[V any](from map[string]V) []string {
	keys := make([]string, 0, len(from))
	for key := range from {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func anything(object) bool { return true }

func after(ms int, do func()) { time.AfterFunc(time.Duration(ms)*time.Millisecond, do) }
