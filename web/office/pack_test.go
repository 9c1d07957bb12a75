package office

import (
	"archive/zip"
	"bytes"
	"strings"
	"testing"

	"aiqyn"
)

func zipped(t testing.TB, files map[string]string) []byte {
	t.Helper()
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for name, text := range files {
		w, err := z.Create(name)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write([]byte(text)); err != nil {
			t.Fatal(err)
		}
	}
	if err := z.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// A pack is its YAML and stories; pictures beside them are left out, and a file
// that would unpack to more than a pack can be is refused.
func TestUnzip(t *testing.T) {
	files, err := unzip(zipped(t, map[string]string{"kz/pack.yaml": "pack: kz", "kz/services/a/cases.txtar": "", "kz/map.png": "x"}))
	if err != nil || len(files) != 2 {
		t.Errorf("%d files, %v", len(files), err)
	}
	for name, data := range map[string][]byte{
		"no zip": []byte("pack: kz"), "empty": zipped(t, nil), "nothing of a pack": zipped(t, map[string]string{"a.png": "x"}),
		"a bomb": zipped(t, map[string]string{"pack.yaml": strings.Repeat("a", maxUnpacked+1)}),
	} {
		if _, err := unzip(data); aiqyn.KindOf(err) != aiqyn.Invalid {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func FuzzUnzip(f *testing.F) {
	f.Add(zipped(f, map[string]string{"pack.yaml": "pack: kz"}))
	f.Add([]byte("PK"))
	f.Fuzz(func(t *testing.T, data []byte) {
		files, err := unzip(data)
		size := 0
		for _, file := range files {
			size += len(file.Data)
		}
		if err == nil && len(files) == 0 || size > maxUnpacked {
			t.Errorf("%d files of %d bytes, %v", len(files), size, err)
		}
	})
}
