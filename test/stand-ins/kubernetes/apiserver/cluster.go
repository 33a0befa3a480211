package main

import (
	"strconv"
	"sync"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/apimachinery/pkg/util/uuid"
)

type object = *unstructured.Unstructured

// event is one change of one object, as a watch tells it.
type event struct {
	version  int64
	resource string
	kind     string // ADDED, MODIFIED, DELETED
	object   object
}

// cluster holds every object and its history.
type cluster struct {
	mu       sync.Mutex
	version  int64
	objects  map[string]map[string]object // by resource, then namespace/name
	history  []event
	changed  chan struct{} // closed at the next change
	settings settings
	backends map[types.UID]*backend
}

// settings is what tests decide of how pods behave.
type settings struct {
	// StartAfterMs is how long a new pod is Pending.
	StartAfterMs int `json:"startAfterMs"`
	// ReadyAfterMs is how long a container runs before its pod is ready; negative: until a test says so.
	ReadyAfterMs int `json:"readyAfterMs"`
	// GraceMs is how long a pod is terminating.
	GraceMs int `json:"graceMs"`
	// Addresses has the local address behind each container port of the pods that are made from now on.
	Addresses map[string]string `json:"addresses"`
	// WaitingReason keeps the containers of new pods from starting: ErrImagePull.
	WaitingReason string `json:"waitingReason"`
}

func newCluster() *cluster {
	c := &cluster{
		objects:  map[string]map[string]object{},
		changed:  make(chan struct{}),
		backends: map[types.UID]*backend{},
	}
	for _, name := range []string{"default", "kube-system"} {
		namespace := &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": "v1", "kind": "Namespace",
			"metadata": map[string]any{"name": name},
			"status":   map[string]any{"phase": "Active"},
		}}
		c.add("namespaces", namespace)
	}
	return c
}

func keyOf(o object) string { return o.GetNamespace() + "/" + o.GetName() }

// add stores a new object and gives what was stored.
func (c *cluster) add(resource string, o object) object {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.addLocked(resource, o)
}

func (c *cluster) addLocked(resource string, o object) object {
	o = o.DeepCopy()
	o.SetUID(uuid.NewUUID())
	o.SetCreationTimestamp(metav1.NewTime(time.Now()))
	o.SetGeneration(1)
	return c.putLocked(resource, "ADDED", o)
}

// putLocked stores an object under the next version and tells those who watch.
func (c *cluster) putLocked(resource, kind string, o object) object {
	c.version++
	o.SetResourceVersion(strconv.FormatInt(c.version, 10))
	if c.objects[resource] == nil {
		c.objects[resource] = map[string]object{}
	}
	if kind == "DELETED" {
		delete(c.objects[resource], keyOf(o))
	} else {
		c.objects[resource][keyOf(o)] = o
	}
	c.history = append(c.history, event{c.version, resource, kind, o.DeepCopy()})
	close(c.changed)
	c.changed = make(chan struct{})
	return o.DeepCopy()
}

// get gives a copy of an object.
func (c *cluster) get(resource, namespace, name string) (object, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	o, found := c.objects[resource][namespace+"/"+name]
	if !found {
		return nil, false
	}
	return o.DeepCopy(), true
}

// change edits an object in its place; it says whether the object was there.
func (c *cluster) change(resource, namespace, name string, edit func(o object)) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.changeLocked(resource, namespace+"/"+name, edit)
}

func (c *cluster) changeLocked(resource, key string, edit func(o object)) bool {
	o, found := c.objects[resource][key]
	if !found {
		return false
	}
	o = o.DeepCopy()
	edit(o)
	c.putLocked(resource, "MODIFIED", o)
	return true
}

// list gives copies of the objects that are chosen, and the version they are of.
func (c *cluster) list(resource string, chosen func(o object) bool) ([]object, int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.listLocked(resource, chosen), c.version
}

func (c *cluster) listLocked(resource string, chosen func(o object) bool) []object {
	found := []object{}
	for _, key := range sortedKeys(c.objects[resource]) {
		if o := c.objects[resource][key]; chosen(o) {
			found = append(found, o.DeepCopy())
		}
	}
	return found
}

// since gives the events after a version, and a channel that is closed when there are more.
func (c *cluster) since(version int64) ([]event, <-chan struct{}) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for at, each := range c.history {
		if each.version > version {
			return append([]event(nil), c.history[at:]...), c.changed
		}
	}
	return nil, c.changed
}
