package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
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

// TestALogBeginsWithAllThatItNames: a log is not made by a pack that sends applications to
// another which it cannot tell; with its address it is, and one that serves goes on.
func TestALogBeginsWithAllThatItNames(t *testing.T) {
	dir, pack := t.TempDir(), twoLogPack(t)
	keys, err := makeKeys(filepath.Join(dir, "keys"), "north.example/log")
	if err != nil {
		t.Fatal(err)
	}
	south, err := makeKeys(filepath.Join(dir, "south"), "south.example/log")
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, "shards")
	for name, text := range map[string]string{"policy": "quorum none\n", "shards": south.verifier + " policy\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	db := filepath.Join(dir, "aiqyn.db")
	for _, more := range [][]string{nil, {"--shards", file}} { // not named; heard, and not told
		var out, errs bytes.Buffer
		args := append([]string{"serve", "--init", "--db", "sqlite:" + db, "--pack", pack, "--keys", filepath.Join(dir, "keys")}, more...)
		if code := run(t.Context(), args, &out, &errs); code == held || !strings.Contains(errs.String(), "sends applications to the log south.example/log") {
			t.Errorf("%v: %d %s", more, code, errs.String())
		}
		if _, err := os.Stat(db); err == nil {
			t.Error("a database was made")
		}
	}
	list, err := readShards(file)
	if err != nil {
		t.Fatal(err)
	}
	files, err := readPack(pack)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := parseOwn(files)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		init bool
		url  string
		want string
	}{{true, "", "error.serve-log-missing"}, {true, "https://10.1.0.5:9090", ""}, {false, "", ""}} {
		list[0].URL = c.url
		f := serveFlags{init: c.init}
		if err := f.namesAll(parsed, wiring{keys: keys, shards: list}); fmt.Sprint(key(err)) != c.want {
			t.Errorf("%+v: %v", c, err)
		}
	}
}
