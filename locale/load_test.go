package locale

import (
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func fileSystem(files map[string]string) fs.FS {
	m := fstest.MapFS{}
	for name, text := range files {
		m["catalogue/"+name+".yaml"] = &fstest.MapFile{Data: []byte(text)}
	}
	return m
}

func TestLoaderIsStrict(t *testing.T) {
	const good = "a.b: {kk: к, ru: р, en: e}\n"
	for _, test := range []struct {
		name, text string
		want       []string
	}{
		{"not yaml", "a: [", []string{"test.yaml"}},
		{"a list", "- a.b", []string{"test.yaml:1: want keys"}},
		{"two documents", good + "---\n" + good, []string{"test.yaml:1: more than one document"}},
		{"bad key", "A: {kk: к, ru: р, en: e}", []string{"test.yaml:1: key \"A\""}},
		{"key without a room", "a: {kk: к, ru: р, en: e}", []string{"test.yaml:1: key \"a\""}},
		{"key twice", good + good, []string{"test.yaml:2: key a.b is already at test.yaml:1"}},
		{"no languages", "a.b: text", []string{"test.yaml:1: key a.b: want kk, ru and en"}},
		{"language missing", "\na.b: {kk: к, ru: р}", []string{"test.yaml:2: key a.b: en is missing"}},
		{"language twice", "a.b: {kk: к, ru: р, en: e, en: e}", []string{"test.yaml:1: key a.b: en is given twice"}},
		{"unknown language", "a.b: {kk: к, ru: р, en: e, de: d}", []string{"\"de\" is not a language"}},
		{"empty text", "a.b: {kk: ' ', ru: р, en: e}", []string{"the text is empty"}},
		{"text is a list", "a.b: {kk: [к], ru: р, en: e}", []string{"want a text or its plural forms"}},
		{"space at the end", "a.b: {kk: 'к ', ru: р, en: e}", []string{"begins or ends with a space"}},
		{"not NFC", "a.b: {kk: 'и\u0306', ru: р, en: e}", []string{"not in Unicode form NFC"}},
		{"other holes", "a.b: {kk: '{x}', ru: '{y}', en: '{x}'}", []string{"ru (other) has the holes [y], kk has [x]"}},
		{"hole missing", "a.b: {kk: '{x}', ru: '{x}', en: e}", []string{"en (other) has the holes [], kk has [x]"}},
		{"other format", "a.b: {kk: '{x:date}', ru: '{x}', en: '{x:date}'}", []string{"[x], kk has [x:date]"}},
		{"unknown format", "a.b: {kk: '{x:big}', ru: '{x:big}', en: '{x:big}'}", []string{`no format "big"`}},
		{"open hole", "a.b: {kk: '{x', ru: '{x}', en: '{x}'}", []string{"{ without }"}},
		{"closed hole", "a.b: {kk: 'x}', ru: '{x}', en: '{x}'}", []string{"} without {"}},
		{"hole without a name", "a.b: {kk: '{}', ru: '{}', en: '{}'}", []string{"is not {name} or {name:format}"}},
		{"form missing", "a.b:\n  kk: {one: '{n}', other: '{n}'}\n  ru: {one: '{n}', few: '{n}', other: '{n}'}\n  en: {one: '{n}', other: '{n}'}",
			[]string{`test.yaml:3: key a.b: ru lacks the plural form "many"`}},
		{"form unknown", "a.b:\n  kk: {one: '{n}', few: '{n}', other: '{n}'}\n  ru: р\n  en: e", []string{`kk has no plural form "few"`}},
		{"form twice", "a.b:\n  kk: {one: '{n}', one: '{n}', other: '{n}'}\n  ru: р\n  en: e", []string{"form one is given twice"}},
		{"plural in one language", "a.b:\n  kk: {one: '{n}', other: '{n}'}\n  ru: '{n}'\n  en: {one: '{n}', other: '{n}'}",
			[]string{"a plural must be one in every language"}},
		{"plural without n", "a.b:\n  kk: {one: к, other: к}\n  ru: {one: р, few: р, many: р, other: р}\n  en: {one: e, other: e}",
			[]string{"a plural must show {n}"}},
		{"russian one without n", "a.b:\n  kk: {one: '{n}', other: '{n}'}\n  ru: {one: р, few: '{n}', many: '{n}', other: '{n}'}\n  en: {one: e, other: '{n}'}",
			[]string{"ru (one) has the holes []"}},
		{"all errors at once", "a: {}\nb.c: text\n", []string{"test.yaml:1:", "test.yaml:2:"}},
	} {
		_, err := load(fileSystem(map[string]string{"test": test.text}))
		if err == nil {
			t.Errorf("%s: no error", test.name)
			continue
		}
		for _, want := range test.want {
			if !strings.Contains(err.Error(), want) {
				t.Errorf("%s: got %q, want %q in it", test.name, err, want)
			}
		}
	}
}

func TestLoaderJoinsFiles(t *testing.T) {
	c, err := load(fileSystem(map[string]string{
		"one":   "a.b: {kk: к, ru: р, en: e}",
		"two":   "a.c: {kk: '{n} к', ru: '{n} р', en: '{n} e'}",
		"empty": "# nothing yet\n",
	}))
	if err != nil {
		t.Fatal(err)
	}
	if got := c.Keys(); !slices.Equal(got, []string{"a.b", "a.c"}) {
		t.Errorf("keys %v", got)
	}
	if c.Place("a.c") != "two.yaml:1" || c.Place("a.d") != "" || !c.Has("a.b") || c.Has("a.d") {
		t.Error("Has and Place disagree with the files")
	}
	_, err = load(fileSystem(map[string]string{
		"one": "a.b: {kk: к, ru: р, en: e}",
		"two": "\na.b: {kk: к, ru: р, en: e}",
	}))
	if err == nil || !strings.Contains(err.Error(), "two.yaml:2: key a.b is already at one.yaml:1") {
		t.Errorf("a key in two files: %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("a.b: {kk: к, ru: р, en: e}")
	f.Add("a.b:\n  kk: {one: '{n}', other: '{n}'}\n  ru: {one: '{n}', few: '{n}', many: '{n}', other: '{n}'}\n  en: {one: e, other: '{n}'}")
	f.Add("a.b: &x {kk: '{x:role.*}', ru: '{x:role.*}', en: '{x:role.*}'}\na.c: *x")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := load(fileSystem(map[string]string{"fuzz": text}))
		if err != nil {
			return
		}
		for _, key := range c.Keys() {
			if c.Text("ru", key, map[string]any{"n": 2, "x": "y"}) == "" {
				t.Errorf("%s is empty", key)
			}
		}
	})
}
