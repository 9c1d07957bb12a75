//go:build !js

package main

import (
	"fmt"
	"io"
	"os"
)

func main() {
	var texts [3]string
	if len(os.Args) < 3 || len(os.Args) > 4 {
		fmt.Fprintln(os.Stderr, "usage: verifier RECEIPT KEY [POLICY]")
		os.Exit(2)
	}
	for i, name := range os.Args[1:] {
		text, err := read(name)
		if err != nil {
			fmt.Fprintln(os.Stderr, "verifier:", err)
			os.Exit(2)
		}
		texts[i] = text
	}
	fmt.Println(verify(texts[0], texts[1], texts[2]))
	if !check(texts[0], texts[1], texts[2]).Holds {
		os.Exit(1)
	}
}

// read reads a file that is no larger than the largest receipt may be.
func read(name string) (string, error) {
	f, err := os.Open(name)
	if err != nil {
		return "", err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, maxFile))
	return string(data), err
}
