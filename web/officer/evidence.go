package officer

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/show"
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

// isFile reports whether a piece is a file.
func isFile(kind string) bool { return kind == "photo" || kind == "document" }

// evidenceFields asks for each piece that the step requires.
func evidenceFields(v *visit.Visit, c *casework.CaseView, faults []ui.FieldError) []ui.Field {
	var fields []ui.Field
	for _, e := range c.Step.Evidence {
		for n := 1; n <= max(1, e.Count); n++ {
			name := evidenceName(e.Kind, n)
			label := v.T("web.evidence." + e.Kind)
			if e.Count > 1 {
				label = v.T("web.evidence.of", "what", label, "at", n, "of", e.Count)
			}
			if isFile(e.Kind) {
				fields = append(fields, ui.Field{Upload: upload(v, c, e, name, label, faultOf(faults, name))})
				continue
			}
			in := &ui.Input{Name: name, Label: label, Value: v.R.PostFormValue(name), Plain: true, Error: faultOf(faults, name)}
			switch e.Kind {
			case "place":
				in.Hint = v.T("web.evidence.place-hint", "n", e.Radius, "place", objectPlace(v, c))
			case "time":
				in.Type = "datetime-local"
				in.Value = cmp.Or(in.Value, v.Now().In(locale.Zone).Format(localTime))
			case "signature":
				in.Hint = v.T("web.evidence.signature-hint")
			}
			fields = append(fields, ui.Field{Input: in})
		}
	}
	return fields
}

// upload asks for a file: kept, where files are, and otherwise counted only.
func upload(v *visit.Visit, c *casework.CaseView, e service.Evidence, name, label, fault string) *ui.Upload {
	up := &ui.Upload{Name: name, Label: label, Error: fault, Hint: v.T("web.evidence.file-hint")}
	if kept := v.R.PostFormValue(name); strings.HasPrefix(kept, "sha256:") {
		up.Kept = kept
	}
	limits := casework.FileLimits(e)
	var types, names []string
	for _, t := range limits.Types {
		types, names = append(types, t.MIME()), append(names, strings.ToUpper(string(t)))
	}
	up.Accept = strings.Join(types, ",")
	if v.Engine.KeepsFiles() {
		up.Hint = v.T("web.upload.hint", "types", strings.Join(names, ", "), "limit", show.Size(v, limits.Bytes))
		up.Parts = v.Href("desk", c.Ref, "steps", c.Step.Name, "files", e.Kind)
	}
	return up
}

// readableBelow is where whoever looks at a case may open its files: at their own
// desk. Those who only watch see that there are files.
func readableBelow(v *visit.Visit) string {
	if v.May(access.ActionOpenPersonal) {
		return "desk"
	}
	return ""
}

// TakeFile takes a file of the form of a step while it arrives. Where files are
// not kept, its hash is all that is left of it.
func TakeFile(v *visit.Visit, name string, file io.Reader) (string, error) {
	kind, ok := strings.CutPrefix(name, "evidence-")
	kind, _, _ = strings.Cut(kind, "-")
	if name == letterName {
		kind, ok = "document", true
	}
	if !ok || !isFile(kind) {
		return "", aiqyn.E(aiqyn.Invalid, "error.web-form").On(name)
	}
	if v.Engine.KeepsFiles() {
		return v.Engine.PutFile(v.Context(), casework.FileFor{
			Actor: v.Actor(), Ref: aiqyn.Reference(v.Path("ref")), Step: aiqyn.StepID(v.Path("step")), Kind: kind}, file)
	}
	sum := sha256.New()
	if n, err := io.Copy(sum, file); err != nil || n == 0 {
		return "", err
	}
	return "sha256:" + hex.EncodeToString(sum.Sum(nil)), nil
}

// fileFaults are what is wrong with the files of a form, in the order of inputs.
func fileFaults(v *visit.Visit) []ui.FieldError {
	var list []ui.FieldError
	for _, name := range slices.Sorted(maps.Keys(v.Faults)) {
		list = append(list, ui.FieldError{Field: name, Text: v.Texts.Error(v.Lang, v.Faults[name])})
	}
	return list
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
				item.Hash = v.Field(evidenceName(e.Kind, n))
			}
			if given {
				items = append(items, item)
			}
		}
	}
	return items, occurred, nil
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
