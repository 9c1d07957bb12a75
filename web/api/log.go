package api

import (
	"io"
	"net/http"
	"strconv"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/web/visit"
)

// receiptJSON is a receipt as room ledger reads it, strictly: here only its
// outline.
type receiptJSON struct {
	Event   map[string]string `json:"event" doc:"The opened fields of the entry."`
	Salts   []string          `json:"salts" doc:"Salts of its fields, in base64."`
	Private map[string]any    `json:"private,omitempty" doc:"What only the people concerned are given."`
	Proof   string            `json:"proof" doc:"A proof in the form of C2SP tlog-proof."`
}

type verdictJSON struct {
	OK        bool         `json:"ok"`
	Level     ledger.Level `json:"level"`
	Index     int64        `json:"index"`
	Size      int64        `json:"size" doc:"Entries of the log that the proof goes up to."`
	Origin    string       `json:"origin"`
	Witnesses []string     `json:"witnesses" doc:"Who has cosigned."`
}

type headJSON struct {
	Origin    string `json:"origin"`
	Size      int64  `json:"size" doc:"Entries in the log."`
	Root      string `json:"root"`
	At        moment `json:"at,omitempty" doc:"When the last entry was recorded."`
	Witnessed int64  `json:"witnessed" doc:"Up to which size the quorum has cosigned."`
	Late      bool   `json:"late" doc:"Something has waited for witnesses longer than it may."`
	Witnesses int    `json:"witnesses"`
	Needed    int    `json:"needed" doc:"How many of them must cosign."`
	Key       string `json:"key" doc:"The log's verifier key."`
	Practice  bool   `json:"practice" doc:"The keys are those of a demonstration and protect nobody."`
}

func receipt(v *visit.Visit) error {
	index, err := strconv.ParseInt(v.Path("index"), 10, 64)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-entry")
	}
	raw, err := v.Engine.Receipt(v.Context(), v.Actor(), index)
	if err != nil {
		return err
	}
	return v.Data(http.StatusOK, "application/json", raw)
}

func verify(v *visit.Visit) error {
	raw, err := io.ReadAll(v.R.Body)
	if err != nil {
		return unread(err)
	}
	d, err := v.Engine.Check(v.Context(), raw)
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, verdictJSON{
		OK: true, Level: d.Level, Index: d.Index, Size: d.Size, Origin: d.Origin, Witnesses: append([]string{}, d.Witnesses...),
	})
}

func head(v *visit.Visit) error {
	h, err := v.Engine.Head(v.Context())
	if err != nil {
		return err
	}
	return send(v, http.StatusOK, headJSON{
		Origin: h.Origin, Size: h.Size, Root: h.Root, At: rfc(h.At), Witnessed: h.Witnessed, Late: h.Late,
		Witnesses: len(h.Witnesses), Needed: h.Needed, Key: h.VerifierKey, Practice: h.Practice,
	})
}
