package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// modulePath is the module that weir verifies.
const modulePath = "github.com/weir-dev/weir"

// findRoot returns the checkout that holds the working directory.
func findRoot() (string, error) {
	dir, err := os.Getwd()
	if err != nil {
		return "", err
	}
	for at := dir; ; at = filepath.Dir(at) {
		b, err := os.ReadFile(filepath.Join(at, "go.mod"))
		first, _, _ := strings.Cut(string(b), "\n")
		if err == nil && strings.TrimSpace(first) == "module "+modulePath {
			return at, nil
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) {
			return "", err
		}
		if at == filepath.Dir(at) {
			return "", usageError{fmt.Errorf("%s is not inside a checkout of %s: run weir there, because it builds the packages that it verifies", dir, modulePath)}
		}
	}
}

// workDir is where weir builds; it may be deleted at any time.
func workDir(root string) string { return filepath.Join(root, ".weir") }
