package public

import (
	"encoding/json"
	"io"
	"net/http"
	"strconv"

	"aiqyn"
	"aiqyn/casework"
	"aiqyn/ledger"
	"aiqyn/locale"
	"aiqyn/web/paper"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

type ledgerPage struct {
	ui.Layout
	Entries   ui.List // the newest few
	Head      casework.Head
	Alarms    []string // what everybody must see: late witnesses, another history
	Watched   string   // what its witnesses are worth
	Rows      []ui.Row
	Witnesses []witnessRow
	Needed    string // how many of them must confirm
}

type witnessRow struct {
	Name, Size, At string
	State          ui.Tag
}

// Ledger shows how long the log is, who watches it and how to check it.
func Ledger(v *visit.Visit) error {
	head, err := v.Engine.Head(v.Context())
	if err != nil {
		return err
	}
	page := &ledgerPage{Layout: v.Layout("web.ledger.title"), Head: head, Watched: v.T("web.ledger.witnesses-" + watched(head))}
	page.Section = "ledger"
	page.Rows = []ui.Row{
		{Key: v.T("web.ledger.size"), Value: locale.Number(v.Lang, head.Size)},
		{Key: v.T("web.ledger.at"), Value: locale.DateTime(v.Lang, head.At)},
		{Key: v.T("web.ledger.witnessed"), Value: locale.Number(v.Lang, head.Witnessed), Note: witnessedAt(v, head)},
		{Key: v.T("web.ledger.origin"), Value: head.Origin},
		{Key: v.T("web.ledger.key"), Value: head.VerifierKey},
	}
	if head.Late {
		page.Alarms = append(page.Alarms, v.T("witness.alarm.late", "since", head.Waiting, "n", head.Size-head.Witnessed))
	}
	for _, w := range head.Witnesses {
		page.Witnesses = append(page.Witnesses, newWitness(v, w))
		if w.Other {
			page.Alarms = append(page.Alarms, v.T("witness.alarm.other", "name", w.Name))
		}
	}
	if head.Needed > 0 {
		page.Needed = v.T("witness.needed", "needed", head.Needed, "of", len(head.Witnesses))
	}
	if page.Entries, err = entryList(v, casework.Page{Limit: newestEntries}); err != nil {
		return err
	}
	page.Entries.Pager, page.Entries.Total = ui.Pager{}, ""
	return v.Page("public/ledger", page)
}

// watched chooses among the sentences about witnesses the one that is true of
// this log: keys for practice are in no independent hands.
func watched(h casework.Head) string {
	switch {
	case h.Practice:
		return "practice"
	case len(h.Witnesses) == 0:
		return "alone"
	}
	return "text"
}

func witnessedAt(v *visit.Visit, h casework.Head) string {
	if h.WitnessedAt.IsZero() {
		return v.T("web.ledger.no-quorum")
	}
	return locale.DateTime(v.Lang, h.WitnessedAt)
}

func newWitness(v *visit.Visit, w casework.WitnessState) witnessRow {
	row := witnessRow{Name: w.Name, Size: locale.Number(v.Lang, w.Size), State: ui.Tag{Kind: "good", Text: v.T("web.witness.answers")}}
	if !w.At.IsZero() {
		row.At = locale.DateTime(v.Lang, w.At)
	}
	switch {
	case w.Other:
		row.State = ui.Tag{Kind: "bad", Text: v.T("witness.other")}
	case w.Err != "":
		row.State = ui.Tag{Kind: "bad", Text: v.T("web.witness.silent")}
	}
	return row
}

type entryPage struct {
	ui.Layout
	Rows []ui.Row
}

// Entry shows what the public sees of one entry: that it is there, unaltered.
func Entry(v *visit.Visit) error {
	index, err := strconv.ParseInt(v.Path("index"), 10, 64)
	if err != nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-entry")
	}
	entry, err := v.Engine.Entry(v.Context(), index)
	if err != nil {
		return err
	}
	page := &entryPage{Layout: v.Layout("web.entry.title", "entry", index)}
	page.Section = "ledger"
	page.Crumbs = []ui.Crumb{{Href: v.Href(""), Text: v.T("web.home.crumb")}, {Href: v.Href("ledger"), Text: v.T("web.ledger.title")}}
	page.Rows = []ui.Row{
		{Key: v.T("web.entry.day"), Value: locale.Date(v.Lang, entry.At)},
		{Key: v.T("web.entry.proven"), Value: show.Proven(v, entry.Proven).Text},
		{Key: v.T("web.entry.leaf"), Value: entry.Leaf},
		{Key: v.T("web.ledger.size"), Value: locale.Number(v.Lang, entry.Size)},
	}
	return v.Page("public/entry", page)
}

type verifyPage struct {
	ui.Layout
	Pasted  string
	Checked bool
	Holds   bool
	Level   ui.Tag
	Rows    []ui.Row
	Fault   string
	Key     string // the log's, for the offline check
	Policy  string // which witnesses suffice
	Browser browserVerifier

	witnesses, needed int
}

// Verify asks for a receipt.
func Verify(v *visit.Visit) error {
	page, err := newVerify(v)
	if err != nil {
		return err
	}
	page.LangForm = "verify"
	return v.Page("public/verify", page)
}

func newVerify(v *visit.Visit) (*verifyPage, error) {
	head, err := v.Engine.Head(v.Context())
	if err != nil {
		return nil, err
	}
	page := &verifyPage{Layout: v.Layout("web.verify.title"), Key: head.VerifierKey, Policy: head.Policy, witnesses: len(head.Witnesses), needed: head.Needed}
	page.Section = "verify"
	page.Browser, err = newBrowserVerifier(v)
	return page, err
}

// CheckReceipt checks a receipt that was pasted or sent as a file. It is a
// convenience: who does not trust the server checks with a program of theirs.
func CheckReceipt(v *visit.Visit) error {
	page, err := newVerify(v)
	if err != nil {
		return err
	}
	receipt, err := receiptOf(v)
	if err != nil {
		return err
	}
	page.Pasted = string(receipt)
	if href, ok := v.Switched(); ok {
		return v.Redirect(href)
	}
	if len(receipt) == 0 {
		page.Errors = []ui.FieldError{{Field: "receipt", Text: v.T("web.verify.nothing")}}
		return v.PageAs(http.StatusUnprocessableEntity, "public/verify", page)
	}
	page.Checked = true
	verdict, err := v.Engine.Check(v.Context(), receipt)
	switch {
	case aiqyn.KindOf(err) == aiqyn.Unavailable || aiqyn.KindOf(err) == aiqyn.Internal:
		return err
	case err != nil:
		page.Fault = v.Texts.Error(v.Lang, err)
	default:
		page.Holds = true
		page.Level = show.Proven(v, casework.Standing{
			Level: verdict.Level, By: len(verdict.Witnesses), Of: page.witnesses, Needed: page.needed,
		})
		page.Rows = append(verdictRows(v, verdict), eventRows(v, receipt)...)
	}
	return v.Page("public/verify", page)
}

// receiptOf is the file if one was sent, else what was pasted.
func receiptOf(v *visit.Visit) ([]byte, error) {
	file, _, err := v.R.FormFile("file")
	if err != nil {
		return []byte(v.R.PostFormValue("receipt")), nil
	}
	defer file.Close()
	receipt, err := io.ReadAll(io.LimitReader(file, paper.MaxPDF+1))
	if err != nil {
		return nil, aiqyn.E(aiqyn.Invalid, "error.web-form").Because(err)
	}
	if paper.IsPDF(receipt) {
		return paper.Receipt(receipt)
	}
	if len(receipt) == 0 {
		receipt = []byte(v.R.PostFormValue("receipt"))
	}
	return receipt, nil
}

func verdictRows(v *visit.Visit, d ledger.Verdict) []ui.Row {
	rows := []ui.Row{
		{Key: v.T("web.verify.entry"), Value: v.T("web.verify.entry-of", "entry", d.Index, "size", d.Size)},
		{Key: v.T("web.ledger.origin"), Value: d.Origin},
	}
	for _, name := range d.Witnesses {
		rows = append(rows, ui.Row{Key: v.T("web.verify.witness"), Value: name})
	}
	return rows
}

// eventRows says what the receipt is about. What it says has just been proven.
func eventRows(v *visit.Visit, receipt []byte) []ui.Row {
	var r struct {
		Event struct{ Service, Kind, Time, Outcome string }
	}
	if json.Unmarshal(receipt, &r) != nil {
		return nil
	}
	rows := []ui.Row{{Key: v.T("web.verify.recorded"), Value: r.Event.Time}}
	if svc, err := show.Service(v, r.Event.Service); err == nil {
		rows = append(rows, ui.Row{Key: v.T("web.verify.service"), Value: v.In(svc.Title)})
	}
	if key := "event." + r.Event.Kind; v.Texts.Has(key) {
		rows = append(rows, ui.Row{Key: v.T("web.verify.event"), Value: v.T(key)})
	}
	return rows
}
