package casework

import (
	"context"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"

	"aiqyn"
	"aiqyn/ledger"
	"aiqyn/service"
	"aiqyn/store"
)

// PaperView is what a printed paper's code shows to anybody who holds it:
// whether what it says still stands, and nothing of the person.
type PaperView struct {
	Entry   EntryView
	Kind    EventKind
	Service *service.Service
	// Outcome is how the case stands now, if the paper is a decision: granted,
	// refused, annulled, lapsed, withdrawn; "" of any other event.
	Outcome aiqyn.Outcome
	// Stands reports whether it is still the last word on the case; Corrected
	// that something was corrected after it.
	Stands, Corrected bool
}

// paperTag keeps this use of SHA-256 apart from those of the log.
const paperTag = "aiqynP/1"

// paperCode is what a printed paper carries besides the number of its entry:
// ten bytes that follow from a salt which only those have who hold the receipt.
// Nobody can go through the log and ask of each entry what it is.
func paperCode(salts [ledger.NumFields]ledger.Salt) string {
	sum := sha256.Sum256(append([]byte(paperTag), salts[ledger.FieldPrivate][:]...))
	return hex.EncodeToString(sum[:10])
}

// PaperCode is the code of an entry's paper, for those whom the case concerns.
func (e *Engine) PaperCode(ctx context.Context, viewer aiqyn.Actor, index int64) (string, error) {
	row, err := e.entry(ctx, index)
	if err != nil {
		return "", err
	}
	key, _, err := e.keyFor(ctx, viewer, row)
	if err != nil {
		return "", err
	}
	return paperCode(key.salts(row.Seq)), nil
}

// Paper is what anybody may see who holds a paper with its code. A wrong code,
// an entry of no case and an erased case look the same: there is no such paper.
func (e *Engine) Paper(ctx context.Context, index int64, code string) (PaperView, error) {
	none := aiqyn.E(aiqyn.NotFound, "error.no-paper")
	row, err := e.entry(ctx, index)
	if aiqyn.KindOf(err) == aiqyn.NotFound || err == nil && row.Case == 0 {
		return PaperView{}, none
	}
	if err != nil {
		return PaperView{}, err
	}
	rows, err := e.Store.CasesByNo(ctx, []int64{row.Case})
	if err != nil {
		return PaperView{}, err
	}
	if len(rows) == 0 || rows[0].Status == string(StatusErased) {
		return PaperView{}, none
	}
	rec, err := e.keys.openRecord(rows[0])
	if err != nil {
		return PaperView{}, err
	}
	if subtle.ConstantTimeCompare([]byte(paperCode(rec.key.salts(row.Seq))), []byte(code)) != 1 {
		return PaperView{}, none
	}
	v := PaperView{Kind: EventKind(row.Kind)}
	if v.Service, err = e.packs.service(rec.state.Pack, rec.state.Service); err != nil {
		return PaperView{}, err
	}
	later, err := e.Store.EntriesOf(ctx, row.Case, maxEvents)
	if err != nil {
		return PaperView{}, err
	}
	v.Stands = true
	for _, r := range later {
		if r.Index <= index {
			continue
		}
		v.Corrected = v.Corrected || EventKind(r.Kind) == EventCorrected
		if !decides(v.Kind) || !decides(EventKind(r.Kind)) {
			continue // that something was filed or seen stays true, whatever was decided then
		}
		upheld, err := e.upholds(r, rec.key)
		if err != nil {
			return PaperView{}, err
		}
		v.Stands = v.Stands && upheld
	}
	if decides(v.Kind) {
		v.Outcome = rec.state.Outcome
	}
	v.Entry, err = e.Entry(ctx, index)
	return v, err
}

// upholds reports whether an entry is an appeal that left a decision as it was.
func (e *Engine) upholds(row store.Entry, key *caseKey) (bool, error) {
	if EventKind(row.Kind) != EventAppealDecided {
		return false, nil
	}
	ev, err := e.decodeEntry(row, key)
	if err != nil {
		return false, err
	}
	return ev.data.(*appealDecided).Outcome == AppealUpheld, nil
}

// decides reports whether an event is a word on how a case ends.
func decides(k EventKind) bool {
	switch k {
	case EventGranted, EventRefused, EventAnnulled, EventLapsed, EventUnpaid, EventWithdrawn, EventAppealDecided:
		return true
	}
	return false
}
