package officer

import (
	"aiqyn"
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"aiqyn/casework"
	"aiqyn/locale"
	"aiqyn/service"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

// evidenceField is one piece that a step must leave behind, as an input.
type evidenceField struct {
	Kind  string
	Input ui.Input
}

// evidenceFields asks for each piece that the step requires. A photo stays on
// the device: what is recorded is the fingerprint that binds it.
func evidenceFields(v *visit.Visit, c *casework.CaseView) []evidenceField {
	var fields []evidenceField
	for _, e := range c.Step.Evidence {
		name := "evidence-" + e.Kind
		in := ui.Input{Name: name, Label: v.T("web.evidence." + e.Kind), Value: v.R.PostFormValue(name), Plain: true}
		switch e.Kind {
		case "place":
			in.Hint = v.T("web.evidence.place-hint", "n", e.Radius, "place", objectPlace(c))
		case "time":
			in.Type = "datetime-local"
			if in.Value == "" {
				in.Value = v.Now().In(locale.Zone).Format(localTime)
			}
		case "photo", "document":
			in.Hint = v.T("web.evidence.file-hint")
		case "signature":
			in.Hint = v.T("web.evidence.signature-hint")
		}
		fields = append(fields, evidenceField{e.Kind, in})
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
		value := v.Field("evidence-" + e.Kind)
		if value == "" {
			continue
		}
		item := casework.EvidenceItem{Kind: e.Kind, Lat: lat, Lon: lon, Time: occurred, Text: value}
		switch e.Kind {
		case "photo", "document":
			item.Hash, item.Text = fingerprint(value), ""
			if !isHash(value) {
				item.Text = value
			}
		case "signature":
			item.Hash = fingerprint(value + "\x00" + string(v.Who.Actor.Officer))
		case "place", "time":
			item.Text = ""
		}
		items = append(items, item)
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

func isHash(s string) bool {
	raw, err := hex.DecodeString(s)
	return err == nil && len(raw) == sha256.Size
}

// fingerprint is the hash itself if one was given, else that of the text.
func fingerprint(s string) string {
	if isHash(s) {
		return strings.ToLower(s)
	}
	sum := sha256.Sum256([]byte(s))
	return hex.EncodeToString(sum[:])
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
