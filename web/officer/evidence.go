package officer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// evidenceName is the input of the n-th piece of a kind, from 1.
func evidenceName(kind string, n int) string {
	if n == 1 {
		return "evidence-" + kind
	}
	return "evidence-" + kind + "-" + strconv.Itoa(n)
}

// isFile reports whether a piece is a file, of which the fingerprint is
// recorded: that binds it without the officer's device giving it away.
func isFile(kind string) bool { return kind == "photo" || kind == "document" }

// evidenceFields asks for each piece that the step requires.
func evidenceFields(v *visit.Visit, c *casework.CaseView, faults []ui.FieldError) []ui.Input {
	var fields []ui.Input
	for _, e := range c.Step.Evidence {
		for n := 1; n <= max(1, e.Count); n++ {
			name := evidenceName(e.Kind, n)
			in := ui.Input{Name: name, Label: v.T("web.evidence." + e.Kind), Value: v.R.PostFormValue(name), Plain: true, Error: faultOf(faults, name)}
			if e.Count > 1 {
				in.Label = v.T("web.evidence.of", "what", in.Label, "at", n, "of", e.Count)
			}
			switch {
			case e.Kind == "place":
				in.Hint = v.T("web.evidence.place-hint", "n", e.Radius, "place", objectPlace(c))
			case e.Kind == "time":
				in.Type = "datetime-local"
				in.Value = cmp.Or(in.Value, v.Now().In(locale.Zone).Format(localTime))
			case e.Kind == "signature":
				in.Hint = v.T("web.evidence.signature-hint")
			case isFile(e.Kind):
				in.Type, in.Hint = "file", v.T("web.evidence.file-hint")
			}
			fields = append(fields, in)
		}
	}
	return fields
}

// readEvidence gathers what the form says of each required piece. Whether it
// is enough is for the engine, which knows where the object lies.
func readEvidence(v *visit.Visit, step *service.Step) ([]casework.EvidenceItem, time.Time, error) {
	occurred := v.Now()
	lat, lon := place(v.Field("evidence-place"))
	if at := v.Field("evidence-time"); at != "" {
		t, err := parseLocal(at)
		if err != nil {
			return nil, time.Time{}, err
		}
		occurred = t
	}
	var items []casework.EvidenceItem
	for _, e := range step.Evidence {
		for n := 1; n <= max(1, e.Count); n++ {
			item := casework.EvidenceItem{Kind: e.Kind, Lat: lat, Lon: lon, Time: occurred}
			given := v.Field(evidenceName(e.Kind, n)) != ""
			if e.Kind == "signature" {
				item.Text = v.Field(evidenceName(e.Kind, n))
			}
			if isFile(e.Kind) {
				hash, err := fileHash(v, evidenceName(e.Kind, n))
				if err != nil {
					return nil, time.Time{}, err
				}
				item.Hash, given = hash, hash != ""
			}
			if given {
				items = append(items, item)
			}
		}
	}
	return items, occurred, nil
}

// hashes stand for the files of a form on the page where it is signed, and the
// time for one that was left to us.
func hashes(v *visit.Visit, items []casework.EvidenceItem) []ui.Hidden {
	var list []ui.Hidden
	n := map[string]int{}
	for _, item := range items {
		if n[item.Kind]++; isFile(item.Kind) && v.Field(evidenceName(item.Kind, n[item.Kind])) == "" {
			list = append(list, ui.Hidden{Name: evidenceName(item.Kind, n[item.Kind]), Value: item.Hash})
		}
	}
	return list
}

// fileHash is the fingerprint of a file that was sent, "" if there is none.
// The file itself is not kept.
func fileHash(v *visit.Visit, name string) (string, error) {
	file, _, err := v.R.FormFile(name)
	if err != nil {
		if was := v.Field(name); strings.HasPrefix(was, "sha256:") { // sent before, to be signed for
			return was, nil
		}
		return "", nil
	}
	defer file.Close()
	sum := sha256.New()
	n, err := io.Copy(sum, file)
	if err != nil {
		return "", aiqyn.E(aiqyn.Invalid, "error.web-form").On(name).Because(err)
	}
	if n == 0 {
		return "", nil
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}

// place reads "43.238949, 76.889709".
func place(s string) (lat, lon string) {
	a, b, ok := strings.Cut(s, ",")
	if !ok {
		return "", ""
	}
	return strings.TrimSpace(a), strings.TrimSpace(b)
}

// localTime is how a browser writes a moment: without a zone, in ours.
const localTime = "2006-01-02T15:04"

func parseLocal(s string) (time.Time, error) {
	t, err := time.ParseInLocation(localTime, s, locale.Zone)
	if err != nil {
		return time.Time{}, aiqyn.E(aiqyn.Invalid, "error.web-time").On("evidence-time").Because(err)
	}
	return t, nil
}
