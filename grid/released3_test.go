package grid

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aiqyn"
)

// asThird are the questions of the corpus of version 2, as version 3 asks them.
func asThird(t testing.TB, owned, agreed string) map[string][]byte {
	t.Helper()
	files, err := filepath.Glob("testdata/connection-points@2/*.json")
	if err != nil || len(files) == 0 {
		t.Fatal(len(files), err)
	}
	all := make(map[string][]byte)
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		in := data[len(`{"input":`):bytes.Index(data, []byte(",\n\"output\""))]
		all[filepath.Base(file)] = fmt.Appendf(nil, `{"agreed":%q,"owned":%s,%s`, agreed, owned, in[1:])
	}
	return all
}

type third struct {
	Best *struct {
		Bus, Cost int
		ID        string
	}
	Consent struct {
		ID, Parcel string
		Trafo      int
	}
	Feasible json.RawMessage
	Network  string
	Without  []int
}

// TestConnectionPoints3: where nothing is somebody's it answers as version 2; where the
// best point is, it answers without it and says whom to ask; once they agree it is the
// best again.
func TestConnectionPoints3(t *testing.T) {
	models, streets := corpusModels(t), corpusStreets(t)
	graph := func(hash string) (*StreetGraph, error) { return streets[hash], nil }
	run := func(in []byte) (out third) {
		t.Helper()
		data, err := RunConnectionPoints3(in, snapshotOf(models), graph)
		if err == nil {
			err = json.Unmarshal(data, &out)
		}
		if err != nil {
			t.Fatal(err)
		}
		return out
	}
	asked := 0
	for name, in := range asThird(t, "[]", "") {
		second := bytes.Replace(in, []byte(`"agreed":"","owned":[],`), nil, 1)
		was, err := RunConnectionPoints2(second, snapshotOf(models), graph)
		if err != nil {
			t.Fatal(err)
		}
		out := run(in)
		if !strings.Contains(string(was), `"feasible":`+string(out.Feasible)) || out.Consent.Parcel != "" || len(out.Without) != 0 {
			t.Errorf("%s: %+v, and by version 2 %s", name, out, was)
		}
		if out.Best == nil {
			continue
		}
		trafo, ok := models[out.Network].Above(out.Best.Bus)
		if !ok {
			continue
		}
		asked++
		owned := fmt.Sprintf(`[{"parcel":"99-999-009-001","trafo":%d}]`, trafo)
		without := run(asThird(t, owned, "")[name])
		if without.Consent.ID != out.Best.ID || without.Consent.Trafo != trafo || without.Best != nil && without.Best.Bus == out.Best.Bus {
			t.Errorf("%s: without consent %+v", name, without)
		}
		if agreed := run(asThird(t, owned, "99-999-009-001")[name]); *agreed.Best != *out.Best || agreed.Consent.Parcel != "" || len(agreed.Without) != 0 {
			t.Errorf("%s: with consent %+v", name, agreed)
		}
	}
	if asked == 0 {
		t.Error("no question of the corpus has a best point below a transformer")
	}
}

func FuzzConnectionPoints3(f *testing.F) {
	models, streets := corpusModels(f), corpusStreets(f)
	for _, in := range asThird(f, `[{"parcel":"99-999-009-001","trafo":1}]`, "") {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		out, err := RunConnectionPoints3(data, snapshotOf(models), func(hash string) (*StreetGraph, error) { return streets[hash], nil })
		if err == nil && !bytes.HasPrefix(out, []byte(`{"best":`)) {
			t.Fatalf("%s", out)
		}
		if err != nil && aiqyn.KindOf(err) == aiqyn.Internal {
			t.Fatal(fmt.Errorf("not for people: %w", err))
		}
	})
}
