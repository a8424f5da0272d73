package model

import (
	"fmt"
	"reflect"
	"unsafe"
)

// stateTypeProblem says why values of S cannot be states, or nothing if they
// can: a state is compared and hashed by its bytes, so that equal states must
// have equal bytes and bytes must not refer to anything.
func stateTypeProblem[S comparable]() string {
	t := reflect.TypeFor[S]()
	if problem := typeProblem(t, t.String()); problem != "" {
		return "the state type cannot be compared by its bytes: " + problem
	}
	return ""
}

func typeProblem(t reflect.Type, path string) string {
	switch k := t.Kind(); k {
	case reflect.Bool,
		reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64,
		reflect.Uint, reflect.Uint8, reflect.Uint16, reflect.Uint32, reflect.Uint64:
		return ""
	case reflect.Array:
		return typeProblem(t.Elem(), path+"[i]")
	case reflect.Struct:
		return structProblem(t, path)
	case reflect.String:
		return path + " is a string: use a small integer that names it"
	case reflect.Float32, reflect.Float64, reflect.Complex64, reflect.Complex128:
		return fmt.Sprintf("%s is a %v, and equal floats may have different bytes: use an integer with a stated unit", path, k)
	case reflect.Slice:
		return path + " is a slice: use an array of the bound's length and a count"
	case reflect.Map:
		return path + " is a map: use an array indexed by the key"
	default:
		return fmt.Sprintf("%s is a %v: a state holds integers, bools, arrays and structs only", path, k)
	}
}

// structProblem also looks for bytes that == ignores: padding and blank
// fields keep whatever was in memory.
func structProblem(t reflect.Type, path string) string {
	end := uintptr(0)
	for i := range t.NumField() {
		f := t.Field(i)
		if f.Name == "_" {
			return fmt.Sprintf("%s has a blank field, which == ignores: name it", path)
		}
		if f.Offset != end {
			return fmt.Sprintf("%s has %d bytes of padding before field %s: put the widest fields first, or add a named field that stays zero", path, f.Offset-end, f.Name)
		}
		if problem := typeProblem(f.Type, path+"."+f.Name); problem != "" {
			return problem
		}
		end = f.Offset + f.Type.Size()
	}
	if end != t.Size() {
		return fmt.Sprintf("%s has %d bytes of padding at its end: add a named field that stays zero, or narrow its widest field", path, t.Size()-end)
	}
	return ""
}

// bytesOf is the memory of a state. It is only used on types that
// stateTypeProblem has let pass.
func bytesOf[S comparable](s *S) []byte {
	return unsafe.Slice((*byte)(unsafe.Pointer(s)), unsafe.Sizeof(*s))
}
