package schedule

import (
	"cmp"
	"reflect"
	"slices"
)

// MapIterator goes over a map in a three-clause for statement. In a schedule
// it goes in the order of the keys, because the runtime's order is random;
// outside it keeps the runtime's.
type MapIterator[K comparable, V any] struct {
	m    map[K]V
	keys []K
	// K and V are the element that More moved to.
	K K
	V V
}

// MapRange is for k, v := range m of woven code; the other results have the
// types of k and v. The weaver uses it only for keys that have an order.
func MapRange[K comparable, V any](m map[K]V) (*MapIterator[K, V], K, V) {
	it := &MapIterator[K, V]{m: m, keys: make([]K, 0, len(m))}
	for k := range m {
		it.keys = append(it.keys, k)
	}
	if lookup() != nil {
		slices.SortFunc(it.keys, func(a, b K) int { return compareKeys(reflect.ValueOf(a), reflect.ValueOf(b)) })
	}
	var k K
	var v V
	return it, k, v
}

// MapRangeKeys is for k := range m of woven code.
func MapRangeKeys[K comparable, V any](m map[K]V) (*MapIterator[K, V], K) {
	it, k, _ := MapRange(m)
	return it, k
}

// MapRangeOnly is for range m of woven code, with variables that it doesn't
// declare.
func MapRangeOnly[K comparable, V any](m map[K]V) *MapIterator[K, V] {
	it, _, _ := MapRange(m)
	return it
}

// More moves it.K and it.V to the next key that is still in the map.
func (it *MapIterator[K, V]) More() bool { return it.Next(&it.K, &it.V) }

// Next moves to the next key that is still in the map. v may be nil.
func (it *MapIterator[K, V]) Next(k *K, v *V) bool {
	for len(it.keys) > 0 {
		key := it.keys[0]
		it.keys = it.keys[1:]
		if value, ok := it.m[key]; ok {
			*k = key
			if v != nil {
				*v = value
			}
			return true
		}
	}
	return false
}

// compareKeys orders values made of integers, strings and booleans.
func compareKeys(a, b reflect.Value) int {
	switch a.Kind() {
	case reflect.String:
		return cmp.Compare(a.String(), b.String())
	case reflect.Bool:
		if a.Bool() == b.Bool() {
			return 0
		}
		if b.Bool() {
			return -1
		}
		return 1
	case reflect.Struct:
		for i := range a.NumField() {
			if c := compareKeys(a.Field(i), b.Field(i)); c != 0 {
				return c
			}
		}
		return 0
	case reflect.Array:
		for i := range a.Len() {
			if c := compareKeys(a.Index(i), b.Index(i)); c != 0 {
				return c
			}
		}
		return 0
	}
	if a.CanInt() {
		return cmp.Compare(a.Int(), b.Int())
	}
	return cmp.Compare(a.Uint(), b.Uint())
}
