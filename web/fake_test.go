package web

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"aiqyn"
	"aiqyn/attachment"
	"aiqyn/casework"
	"aiqyn/evidence"
	"aiqyn/ledger"
	"aiqyn/pay"
	"aiqyn/secrecy"
	"aiqyn/service"
)

// now is when the fake's world stands: a Monday morning in Almaty.
var now = time.Date(2026, 11, 23, 5, 15, 0, 0, time.UTC)

// fake is an engine whose cases stand in every state that a page must show.
// It checks answers and keeps drafts like the real one, and records commands.
type fake struct {
	elsewhere string // kind and key of what other processes refuse
	mu        sync.Mutex
	pack      *service.Pack
	drafts    map[string]map[string]string
	done      map[aiqyn.CommandID]casework.Result
	sent      []any
	fail      error // what every command is answered with
	nation    bool  // who gives places are more than a question offers
	down      error // what every reading is answered with

	demands []casework.DemandCount // nil: one of a school
	real    bool                   // the log's keys are not for practice
	alone   bool                   // nobody watches the log

	verifier string // hash that the log names

	files *attachment.Keeper // nil: files are not kept

	policy secrecy.Policy       // what of the network is classified
	ending []casework.ClassView // and soon open by itself

	provider string // where the identity provider is; "": elsewhere
	pages    string // origin of the payment provider's pages
	notices  []pay.Signed
	checks   int // how often the provider was asked what became of an order
}

func newFake(t testing.TB) *fake {
	t.Helper()
	pack, err := packOnce()
	if err != nil {
		t.Fatal(err)
	}
	return &fake{pack: pack, drafts: map[string]map[string]string{draftKey("900101300199", "address.certificate"): {"use": "extract"}}, done: map[aiqyn.CommandID]casework.Result{}}
}

func (f *fake) Do(_ context.Context, cmd any) (casework.Result, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.fail != nil {
		return casework.Result{}, f.fail
	}
	f.sent = append(f.sent, cmd)
	result := casework.Result{Ref: "AQ-OPEN-0001", First: 100, Last: 103}
	if read, ok := cmd.(casework.ReadFact); ok {
		if read.Person == "900101300041" { // has let nobody read
			return casework.Result{}, aiqyn.E(aiqyn.Forbidden, "error.forbidden")
		}
		if may, err := f.MayAsk(read.Actor); err == nil {
			result.Fact = aFact(may[0])
		}
	}
	if file, ok := cmd.(casework.File); ok {
		if was, ok := f.done[file.ID]; ok {
			was.Again = true
			return was, nil
		}
		f.done[file.ID] = result
	}
	return result, nil
}

func (f *fake) Case(_ context.Context, viewer aiqyn.Actor, ref aiqyn.Reference) (*casework.CaseView, error) {
	if f.down != nil {
		return nil, f.down
	}
	c, ok := f.cases()[ref]
	if !ok || viewer.Role == aiqyn.RoleAnonymous {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return c, nil
}

func (f *fake) line(ref aiqyn.Reference) casework.CaseLine {
	c := f.cases()[ref]
	l := casework.CaseLine{Ref: ref, Service: c.Service.ID, Title: c.Title, Status: c.Status, Outcome: c.Outcome, Filed: c.Filed, DaysLeft: c.DaysLeft, Object: "99-999-001-001"}
	if c.Step != nil {
		l.Step = c.Step.Title
	}
	if c.Due != nil {
		l.Due = c.Due.At
	}
	return l
}

func (f *fake) lines(p casework.Page) casework.List[casework.CaseLine] {
	var list casework.List[casework.CaseLine]
	for ref := range f.cases() {
		line := f.line(ref)
		if (p.Status == "" || p.Status == line.Status) && (p.Service == "" || p.Service == line.Service) {
			list.Items = append(list.Items, line)
		}
	}
	slices.SortFunc(list.Items, func(a, b casework.CaseLine) int {
		return a.DaysLeft*100 - b.DaysLeft*100 + int(a.Ref[3]) - int(b.Ref[3])
	})
	if p.After == "" && len(list.Items) > 0 {
		list.Next = "25"
	}
	return list
}

func (f *fake) Mine(_ context.Context, _ aiqyn.Actor, p casework.Page) (casework.List[casework.CaseLine], error) {
	return f.lines(p), f.down
}

func (f *fake) Inbox(_ context.Context, _ aiqyn.Actor, p casework.Page) (casework.List[casework.CaseLine], error) {
	return f.lines(p), f.down
}

func (f *fake) Receipt(context.Context, aiqyn.Actor, int64) ([]byte, error) {
	return []byte(`{"event":{"service":"energy.connection","kind":"filed","time":"2026-11-23T05:15:00Z"},"proof":"p","salts":[]}`), f.down
}

func (f *fake) ForeignReceipt(ctx context.Context, viewer aiqyn.Actor, _ aiqyn.Reference) ([]byte, error) {
	return f.Receipt(ctx, viewer, 0)
}

func (f *fake) RefusalPage(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference, lang aiqyn.Lang) ([]byte, error) {
	c, err := f.Case(ctx, viewer, ref)
	if err != nil || !c.RefusalPage {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return []byte("<!doctype html><html lang=\"" + string(lang) + "\"><title>" + string(ref) + "</title></html>"), nil
}

func (f *fake) Evidence(ctx context.Context, viewer aiqyn.Actor, ref aiqyn.Reference) ([]byte, error) {
	c, err := f.Case(ctx, viewer, ref)
	if err != nil {
		return nil, err
	}
	receipt, err := f.Receipt(ctx, viewer, 0)
	if err != nil {
		return nil, err
	}
	var pieces []evidence.Piece
	for _, e := range c.Events {
		pieces = append(pieces, evidence.Piece{Entry: e.Index, Event: string(e.Kind), Data: receipt})
	}
	return evidence.Archive(ref, pieces)
}

const paperCode = "00112233445566778899"

func (f *fake) PaperCode(context.Context, aiqyn.Actor, int64) (string, error) {
	return paperCode, f.down
}

func (f *fake) Paper(ctx context.Context, index int64, code string) (casework.PaperView, error) {
	if code != paperCode {
		return casework.PaperView{}, aiqyn.E(aiqyn.NotFound, "error.no-paper")
	}
	svc, _ := f.pack.Service("energy.connection")
	e, err := f.Entry(ctx, index)
	return casework.PaperView{Entry: e, Kind: casework.EventGranted, Service: svc, Outcome: aiqyn.Granted, Stands: index%2 == 1, Corrected: index%3 == 0}, err
}

func (f *fake) Entry(_ context.Context, index int64) (casework.EntryView, error) {
	if index < 0 || index > 1000 {
		return casework.EntryView{}, aiqyn.E(aiqyn.NotFound, "error.web-no-entry")
	}
	return casework.EntryView{Index: index, Leaf: "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b", At: now, Size: 1001}, nil
}

func (f *fake) Entries(_ context.Context, p casework.Page) (casework.List[casework.EntryLine], error) {
	var list casework.List[casework.EntryLine]
	from := 60
	if p.After != "" {
		from, _ = strconv.Atoi(p.After)
	}
	limit := max(1, min(p.Limit, 200))
	for i := from - 1; i >= 0 && len(list.Items) < limit; i-- {
		e, _ := f.Entry(context.Background(), int64(i))
		list.Items = append(list.Items, casework.EntryLine{Index: int64(i), At: now, Leaf: e.Leaf})
		list.Next = strconv.Itoa(i)
	}
	if list.Next == "0" {
		list.Next = ""
	}
	return list, f.down
}

func (f *fake) Check(_ context.Context, receipt []byte) (ledger.Verdict, error) {
	if !json.Valid(receipt) {
		return ledger.Verdict{}, aiqyn.E(aiqyn.Invalid, "error.receipt-form")
	}
	return ledger.Verdict{Level: ledger.Witnessed, Index: 100, Size: 1001, Origin: "aiqyn.kz/log", Witnesses: []string{"university"}}, nil
}

func (f *fake) Head(context.Context) (casework.Head, error) {
	h := casework.Head{
		Origin: "aiqyn.kz/log", Size: 48_213, Root: "abc", At: now, Checkpoint: "aiqyn.kz/log\n48213\nabc=\n\n— aiqyn.kz/log Zm9v\n", Witnessed: 48_200,
		WitnessedAt: now, VerifierKey: "aiqyn.kz/log+68b3b5cd+AVnkRgSPcs0n1YVwyHvtPrK7jmVeZHBGvrhnOj25wp3E", Practice: !f.real,
		Needed: 2, Waiting: now.Add(-2 * time.Minute), Late: true,
		Witnesses: []casework.WitnessState{{Name: "university", Size: 48_200, At: now}, {Name: "newspaper", Size: 40_000, At: now, Err: "timeout", Other: true}},
	}
	if f.alone {
		h.Witnesses = nil
	}
	return h, f.down
}

func (f *fake) Tile(_ context.Context, path string) ([]byte, error) {
	if path != "checkpoint" && path != "tile/0/000" {
		return nil, aiqyn.E(aiqyn.NotFound, "error.not-found")
	}
	return []byte("tile"), nil
}

func (f *fake) Pack() *service.Pack { return f.pack }

func (f *fake) Demands(context.Context) ([]casework.DemandCount, error) {
	if f.demands != nil {
		return f.demands, nil
	}
	return []casework.DemandCount{{Certificate: f.pack.Certificates[0].ID, Body: "№ 5 мектеп", Count: 3}}, nil
}

func draftKey(p aiqyn.PersonID, s aiqyn.ServiceID) string { return string(p) + "/" + string(s) }

func (f *fake) Draft(_ context.Context, p aiqyn.PersonID, s aiqyn.ServiceID) (map[string]string, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	copied := map[string]string{}
	for k, v := range f.drafts[draftKey(p, s)] {
		copied[k] = v
	}
	return copied, nil
}

func (f *fake) SaveDraft(_ context.Context, p aiqyn.PersonID, s aiqyn.ServiceID, answers map[string]string) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.drafts[draftKey(p, s)] = answers
	return nil
}

func (f *fake) DropDraft(_ context.Context, p aiqyn.PersonID, s aiqyn.ServiceID) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.drafts, draftKey(p, s))
	return nil
}

func (f *fake) CheckAnswer(svc *service.Service, question, value string, _ map[string]string) error {
	q, _ := svc.Question(question)
	switch {
	case value == "":
		return aiqyn.E(aiqyn.Invalid, "error.answer-required").On(question)
	case !q.Reads(value):
		return aiqyn.E(aiqyn.Invalid, "error.answer-type").On(question)
	case !q.Allows(value):
		return aiqyn.E(aiqyn.Invalid, "error.answer-range", "min", q.Min, "max", q.Max).On(question)
	}
	return nil
}

func (f *fake) Fee(svc *service.Service, _ map[string]string) (int64, error) {
	return strconv.ParseInt(svc.Fee.Amount, 10, 64)
}

func (f *fake) Messages(_ context.Context, phone string, _ int) ([]casework.Message, error) {
	return []casework.Message{{To: phone, Channel: "sms", State: "sent", At: now, Key: "message.code", Lang: aiqyn.Kazakh, Args: map[string]any{"code": "123456"}}}, nil
}

func (f *fake) Pay(_ context.Context, c casework.PayFee) (string, error) {
	if _, err := f.Do(context.Background(), c); err != nil {
		return "", err
	}
	return f.pages + "/p/1", nil
}

func (f *fake) CheckPayment(context.Context, aiqyn.Actor, aiqyn.Reference) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.checks++
	return f.down
}
func (f *fake) PaymentPages() string { return f.pages }
func (f *fake) PaymentName() string  { return pay.PracticeBank }

func (f *fake) SettlePayment(_ context.Context, s pay.Signed) error {
	if f.fail != nil {
		return f.fail
	}
	f.notices = append(f.notices, s)
	return nil
}
