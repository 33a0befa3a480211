package main

import (
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// resource is a kind of object that the cluster holds.
type resource struct {
	group      string
	version    string
	name       string
	singular   string
	kind       string
	short      string
	namespaced bool
	// typed gives an empty one of Kubernetes' own type, which knows how a patch is merged.
	typed func() any
}

var resources = []resource{
	{"", "v1", "namespaces", "namespace", "Namespace", "ns", false, func() any { return &corev1.Namespace{} }},
	{"", "v1", "pods", "pod", "Pod", "po", true, func() any { return &corev1.Pod{} }},
	{"", "v1", "services", "service", "Service", "svc", true, func() any { return &corev1.Service{} }},
	{"apps", "v1", "deployments", "deployment", "Deployment", "deploy", true, func() any { return &appsv1.Deployment{} }},
	{"apps", "v1", "replicasets", "replicaset", "ReplicaSet", "rs", true, func() any { return &appsv1.ReplicaSet{} }},
}

func (r resource) groupResource() schema.GroupResource {
	return schema.GroupResource{Group: r.group, Resource: r.name}
}

func (r resource) groupVersion() string {
	return schema.GroupVersion{Group: r.group, Version: r.version}.String()
}

func resourceNamed(group, version, name string) (resource, bool) {
	for _, each := range resources {
		if each.group == group && each.version == version && each.name == name {
			return each, true
		}
	}
	return resource{}, false
}

// discovery answers which kinds of object there are.
func discovery(path string) (any, bool) {
	switch strings.TrimSuffix(path, "/") {
	case "/api":
		return metav1.APIVersions{TypeMeta: metav1.TypeMeta{Kind: "APIVersions"}, Versions: []string{"v1"}}, true
	case "/apis":
		apps := metav1.GroupVersionForDiscovery{GroupVersion: "apps/v1", Version: "v1"}
		return metav1.APIGroupList{
			TypeMeta: metav1.TypeMeta{Kind: "APIGroupList", APIVersion: "v1"},
			Groups: []metav1.APIGroup{{
				Name: "apps", Versions: []metav1.GroupVersionForDiscovery{apps}, PreferredVersion: apps,
			}},
		}, true
	case "/api/v1":
		return resourceList("v1"), true
	case "/apis/apps/v1":
		return resourceList("apps/v1"), true
	}
	return nil, false
}

func resourceList(groupVersion string) metav1.APIResourceList {
	list := metav1.APIResourceList{
		TypeMeta:     metav1.TypeMeta{Kind: "APIResourceList", APIVersion: "v1"},
		GroupVersion: groupVersion,
	}
	for _, each := range resources {
		if each.groupVersion() != groupVersion {
			continue
		}
		list.APIResources = append(list.APIResources, metav1.APIResource{
			Name: each.name, SingularName: each.singular, Kind: each.kind, Namespaced: each.namespaced,
			ShortNames: []string{each.short},
			Verbs:      metav1.Verbs{"create", "delete", "get", "list", "patch", "watch"},
		})
		if each.name == "pods" {
			list.APIResources = append(list.APIResources, metav1.APIResource{
				Name: "pods/portforward", Kind: "PodPortForwardOptions", Namespaced: true,
				Verbs: metav1.Verbs{"create", "get"},
			})
		}
	}
	return list
}
