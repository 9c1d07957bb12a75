package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestReadShards: a line that is not understood is no shard that is left out.
func TestReadShards(t *testing.T) {
	dir := t.TempDir()
	keys, err := makeKeys(filepath.Join(dir, "keys"), "south.example/log")
	if err != nil {
		t.Fatal(err)
	}
	write := func(name, text string) string {
		t.Helper()
		file := filepath.Join(dir, name)
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return file
	}
	write("policy", "quorum none\n")
	list, err := readShards(write("good", "# others\n\n"+keys.verifier+" policy https://10.1.0.5:9090/\n"))
	if err != nil || len(list) != 1 || list[0].Origin != "south.example/log" || list[0].URL != "https://10.1.0.5:9090" || list[0].Verifier == nil {
		t.Errorf("%+v, %v", list, err)
	}
	for _, line := range []string{keys.verifier, "key policy", keys.verifier + " nowhere", keys.verifier + " policy url more",
		keys.verifier + " policy http://10.1.0.5:9090", keys.verifier + " policy 10.1.0.5:9090", keys.verifier + " policy https://10.1.0.5:9090/heard"} {
		if list, err := readShards(write("bad", line)); key(err) != "error.serve-shards" {
			t.Errorf("%q: %+v, %v", line, list, err)
		}
	}
	if list, err := readShards(""); err != nil || list != nil {
		t.Errorf("none: %+v, %v", list, err)
	}
}
