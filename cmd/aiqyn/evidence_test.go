package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/evidence"
	pdfs "aiqyn/web/paper"
)

// A PDF that was given out, and the archive of a case, are verified like the
// receipts in them; one changed proof of many is named.
func TestVerifyTakesPapersAndArchives(t *testing.T) {
	dir := t.TempDir()
	keys, err := makeKeys(filepath.Join(dir, "k"), "log.example/papers")
	if err != nil {
		t.Fatal(err)
	}
	h := twoFaced(t, keys.signer, "a", "b")
	read := func(file string) []byte {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return data
	}
	write := func(name string, data []byte, err error) string {
		if err == nil {
			err = os.WriteFile(filepath.Join(dir, name), data, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
		return filepath.Join(dir, name)
	}
	first, second := read(h.receipt(t, dir, "a.json", "a", 0)), read(h.receipt(t, dir, "b.json", "b", 1))
	sheet := pdfs.Paper{Lang: aiqyn.English, Title: "Receipt", QR: "https://aiqyn.example/en/check/0/x", Receipt: first, Made: time.Unix(0, 0)}
	printed, err := sheet.PDF()
	pdf := write("a.pdf", printed, err)
	sheet.Receipt = bytes.Replace(first, []byte(`"reason":"a"`), []byte(`"reason":"z"`), 1)
	printed, err = sheet.PDF()
	forged := write("forged.pdf", printed, err)
	whole, err := evidence.Archive("AQ-7K2M-9F3D", []evidence.Piece{{Entry: 0, Event: "filed", Data: first}, {Entry: 1, Event: "granted", Data: second}})
	archive := write("case.zip", whole, err)
	whole, err = evidence.Archive("AQ-7K2M-9F3D", []evidence.Piece{{Entry: 0, Event: "filed", Data: sheet.Receipt}, {Entry: 1, Event: "granted", Data: second}})
	spoiled := write("spoiled.zip", whole, err)
	relabelled, err := evidence.Archive("AQ-7K2M-9F3D", []evidence.Piece{{Entry: 0, Event: "refused", Data: first}, {Entry: 1, Event: "granted", Data: second}})
	other := write("other.zip", relabelled, err)
	gap, err := evidence.Archive("AQ-7K2M-9F3D", []evidence.Piece{{Entry: 1, Event: "granted", Data: second}})
	headless := write("headless.zip", gap, err)
	torn := write("torn.zip", read(archive)[:len(read(archive))-40], nil)
	for _, c := range []struct {
		file, want string
		code       int
	}{
		{pdf, `{"ok":true,"checked":1,"problems":[]}`, held},
		{archive, `{"ok":true,"checked":2,"problems":[]}`, held},
		{forged, "forged.pdf", notHeld},
		{spoiled, `"checked":2,"problems":[{"where":"` + spoiled + "/000000000000-", notHeld},
		{other, `"checked":2,"problems":[{"where":"` + other + "/000000000000-", notHeld},
		{headless, "from its filing on", notHeld},
		{torn, "no archive of evidence", notHeld},
	} {
		var out, errs bytes.Buffer
		code := run(t.Context(), []string{"verify", "--key", filepath.Join(dir, "k", verifierKeyFile), "--json", c.file}, &out, &errs)
		if code != c.code || !strings.Contains(out.String(), c.want) {
			t.Errorf("%s: exit %d\n%s%s", filepath.Base(c.file), code, out.String(), errs.String())
		}
	}
}
