// Package broken doesn't compile.
package broken

func wrong() {
	var n int = "text"
}
