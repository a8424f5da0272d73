package main

import (
	"slices"

	"github.com/weir-dev/weir/model"
	"github.com/weir-dev/weir/model/gatewayspec"
	"github.com/weir-dev/weir/model/remotespec"
)

// family is the spec of one protocol: its sizes, its bugs and what they break.
type family[S comparable] struct {
	name string
	// sizes are for every change, deep for a longer look.
	sizes, deep []size[S]
	refutations []refutation[S]
}

// size is a spec within named bounds.
type size[S comparable] struct {
	name string
	// spec makes it with a bug in it; without one if variant is empty.
	spec func(variant string) *model.Spec[S]
	// states and edges are how many it has, as recorded; 0 if they are not.
	states, edges int
}

// refutation is a bug that a spec must refute: law is violated, by a shortest
// story of so many steps.
type refutation[S comparable] struct {
	variant, law string
	steps        int
	spec         func() *model.Spec[S]
}

func remoteFamily() family[remotespec.State] {
	f := family[remotespec.State]{name: "remote"}
	byName := make(map[string]remotespec.Variant)
	for _, v := range remotespec.Variants() {
		byName[v.String()] = v
	}
	at := func(p remotespec.Params) size[remotespec.State] {
		states, edges := p.Recorded()
		return size[remotespec.State]{p.Name, func(variant string) *model.Spec[remotespec.State] {
			p := p
			p.Variant = byName[variant]
			return remotespec.Spec(p)
		}, states, edges}
	}
	for _, p := range remotespec.Sizes() {
		f.sizes = append(f.sizes, at(p))
	}
	for _, p := range remotespec.DeepSizes() {
		f.deep = append(f.deep, at(p))
	}
	for _, r := range remotespec.Refutations() {
		f.refute(r.Variant.String(), r.Law, r.Steps, func() *model.Spec[remotespec.State] { return remotespec.Spec(r.Params) }, remotespec.Only)
	}
	return f
}

func gatewayFamily() family[gatewayspec.State] {
	f := family[gatewayspec.State]{name: "gateway"}
	byName := make(map[string]gatewayspec.Variant)
	for _, v := range gatewayspec.Variants() {
		byName[v.String()] = v
	}
	at := func(p gatewayspec.Params) size[gatewayspec.State] {
		states, edges := p.Recorded()
		return size[gatewayspec.State]{p.Name, func(variant string) *model.Spec[gatewayspec.State] {
			p := p
			p.Variant = byName[variant]
			return gatewayspec.Spec(p)
		}, states, edges}
	}
	for _, p := range gatewayspec.Sizes() {
		f.sizes = append(f.sizes, at(p))
	}
	for _, p := range gatewayspec.DeepSizes() {
		f.deep = append(f.deep, at(p))
	}
	for _, r := range gatewayspec.Refutations() {
		f.refute(r.Variant.String(), r.Law, r.Steps, func() *model.Spec[gatewayspec.State] { return gatewayspec.Spec(r.Params) }, gatewayspec.Only)
	}
	return f
}

// refute adds a refutation. One that follows another of the same bug by another
// law is about its own law alone: the other would hide it.
func (f *family[S]) refute(variant, law string, steps int, spec func() *model.Spec[S], only func(*model.Spec[S], string) *model.Spec[S]) {
	alone := slices.ContainsFunc(f.refutations, func(r refutation[S]) bool { return r.variant == variant && r.law != law })
	f.refutations = append(f.refutations, refutation[S]{variant, law, steps, func() *model.Spec[S] {
		if alone {
			return only(spec(), law)
		}
		return spec()
	}})
}
