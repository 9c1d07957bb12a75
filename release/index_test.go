package release

import (
	"strings"
	"testing"
)

func sampleIndex() *Index {
	hash := strings.Repeat("0a", 32)
	return &Index{Origin: "log.example", Previous: hash, Size: 17, Files: []File{{"packs/" + hash + ".json", 5, hash}, {"releases/x.json", 0, hash}}}
}

func TestAnIndexHasOneForm(t *testing.T) {
	text := sampleIndex().Text()
	x, err := ParseIndex(text)
	if err != nil || len(x.Files) != 2 || x.Previous != sampleIndex().Previous {
		t.Fatalf("%+v: %v", x, err)
	}
	firstOne := sampleIndex()
	firstOne.Previous, firstOne.Files = "", nil
	if x, err := ParseIndex(firstOne.Text()); err != nil || x.Previous != "" {
		t.Errorf("the first: %+v, %v", x, err)
	}
	for what, altered := range map[string]string{
		"another format":     strings.Replace(text, "/1", "/2", 1),
		"no end":             strings.TrimSuffix(text, "\n"),
		"a number with zero": strings.Replace(text, "size 17", "size 017", 1),
		"a path upward":      strings.Replace(text, "packs/", "../", 1),
		"a path of its own":  strings.Replace(text, "packs/", "/packs/", 1),
		"half a hash":        strings.Replace(text, " 5 0a", " 5 ", 1),
		"no previous":        strings.Replace(text, "previous ", "previous", 1),
	} {
		if x, err := ParseIndex(altered); err == nil {
			t.Errorf("%s: read as %+v", what, x)
		}
	}
}

// FuzzIndex: whatever is read as an index is written back the same.
func FuzzIndex(f *testing.F) {
	f.Add(sampleIndex().Text())
	f.Add(IndexFormat + "\nx\nprevious none\nsize 0\n")
	f.Fuzz(func(t *testing.T, text string) {
		if x, err := ParseIndex(text); err == nil && x.Text() != text {
			t.Fatalf("written back as %q", x.Text())
		}
	})
}
