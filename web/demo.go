package web

import (
	"cmp"
	"context"
	"embed"
	"fmt"
	"io/fs"
	"net/url"
	"slices"
	"strconv"
	"time"

	"aiqyn"
	"aiqyn/access"
	"aiqyn/casework"
	"aiqyn/notify"
	"aiqyn/pay"
	"aiqyn/web/account"
	"aiqyn/web/show"
	"aiqyn/web/ui"
	"aiqyn/web/visit"
)

//go:embed pages/*.html
var embedded embed.FS

func ownPages() fs.FS {
	files, err := fs.Sub(embedded, "pages")
	if err != nil {
		panic(err) // the folder is embedded above
	}
	return files
}

// Demo is what a demonstration adds: people to be, their messages, and a clock
// that can be moved on. A server for real people has none.
type Demo struct {
	Personas []Persona
	// Freely lets whoever tries it out sign in as somebody else all the time.
	Freely  bool
	Now     func() time.Time
	Advance func(time.Duration) error // optional
	// Officer finds the phone of an officer, so that whoever applied can go on
	// as the one whom the draw gave the case to; optional.
	Officer func(aiqyn.OfficerID) (phone string, ok bool)
	// Sign signs as somebody would with a certificate of the practice authority;
	// optional.
	Sign func(a aiqyn.Actor, document []byte) (cms []byte, err error)
	// Reply answers a message from a telephone; optional.
	Reply func(ctx context.Context, phone, text string) error
	// Bank is where official prices are paid without money moving; optional.
	Bank Bank
}

// Bank is the practice bank as its payers see it.
type Bank interface {
	// Look finds an order by its page.
	Look(id string) (o pay.Order, state pay.Type, ok bool)
	// Press pays an order, or declines to, and tells where the payer goes back to.
	Press(ctx context.Context, id string, paid bool) (back string, err error)
}

// play reports whether one can go on as an officer.
func (d *Demo) play(id aiqyn.OfficerID) bool {
	if d.Officer == nil {
		return false
	}
	_, ok := d.Officer(id)
	return ok
}

// Persona is somebody to sign in as.
type Persona struct {
	Name  string
	Title aiqyn.Text // who they are
	Role  aiqyn.Role
	Phone string
	About aiqyn.Text // what to try as this person
}

func (d *Demo) routes() []route {
	return []route{
		{"GET", "/demo", access.ActionSeePublic, d.people},
		{"POST", "/demo/be", access.ActionSeePublic, d.be},
		{"GET", "/demo/inbox", access.ActionSeePublic, d.inbox},
		{"POST", "/demo/inbox", access.ActionSeePublic, d.reply},
		{"POST", "/demo/clock", access.ActionSeePublic, d.clock},
		{"GET", "/demo/bank/{id}", access.ActionSeePublic, d.bank},
		{"POST", "/demo/bank/{id}", access.ActionSeePublic, d.press},
	}
}

type bankPage struct {
	ui.Layout
	Order  pay.Order
	Rows   []ui.Row
	State  string // what became of the order; empty: it is open
	Action string
}

// bank shows an order at the practice bank.
func (d *Demo) bank(v *visit.Visit) error {
	if d.Bank == nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	o, state, ok := d.Bank.Look(v.Path("id"))
	if !ok {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	page := &bankPage{Layout: v.Layout("web.bank.title"), Order: o, Action: v.Href("demo", "bank", v.Path("id")), Rows: []ui.Row{
		{Key: v.T("web.pay.fee"), Value: o.Title}, {Key: v.T("web.pay.sum"), Value: show.Sum(v, o.Amount, o.Currency)},
	}}
	if state != "" {
		page.State = v.T("web.bank.state." + string(state))
	}
	return v.Page("web/bank", page)
}

// press pays or declines, and leads back. That we were not told of it is nothing
// to the payer: we ask.
func (d *Demo) press(v *visit.Visit) error {
	if d.Bank == nil {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	back, err := d.Bank.Press(v.Context(), v.Path("id"), v.Field("answer") == "pay")
	if back == "" {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page").Because(err)
	}
	if err != nil {
		v.Log.Error("practice bank", "id", v.ID, "kind", aiqyn.KindOf(err))
	}
	return v.Redirect(back)
}

type personRow struct{ Title, Name, Role, Phone, About string }

type peoplePage struct {
	ui.Layout
	People []personRow
	Clock  bool
	Now    time.Time
}

// people lists who one can be.
func (d *Demo) people(v *visit.Visit) error {
	page := &peoplePage{Layout: v.Layout("web.demo.people"), Clock: d.Advance != nil}
	if d.Now != nil {
		page.Now = d.Now()
	}
	for _, p := range d.Personas {
		page.People = append(page.People, personRow{v.In(p.Title), p.Name, v.T("role." + string(p.Role)), p.Phone, v.In(p.About)})
	}
	return v.Page("web/people", page)
}

// be signs in as a persona by the same steps as anybody: a code is sent, and
// read from the persona's messages.
func (d *Demo) be(v *visit.Visit) error {
	phone := v.Field("phone")
	known := slices.ContainsFunc(d.Personas, func(p Persona) bool { return p.Phone == phone })
	if officer := v.Field("officer"); officer != "" && d.Officer != nil {
		phone, known = d.Officer(aiqyn.OfficerID(officer))
	}
	if !known {
		return aiqyn.E(aiqyn.NotFound, "error.web-no-page")
	}
	attempt, err := v.Engine.SendCode(v.Context(), phone, v.Lang)
	if err != nil {
		return err
	}
	messages, err := v.Engine.Messages(v.Context(), phone, 1)
	if err != nil {
		return err
	}
	code := ""
	if len(messages) > 0 {
		code = fmt.Sprint(messages[0].Args["code"])
	}
	token, session, err := v.Engine.SignIn(v.Context(), attempt, phone, code, v.Client())
	if err != nil {
		return err
	}
	v.StartSession(token)
	v.Who = session
	return v.Redirect(v.Next(v.Home()))
}

type message struct {
	casework.Message
	Text, Way string
	Tag       ui.Tag
}

type inboxPage struct {
	ui.Layout
	Phone    string
	Messages []message
	Empty    ui.Empty
	Reply    string // where an answer is sent; empty: no telephone was chosen
	Sent     bool
}

// inbox shows the messages of one phone, or else the newest of all personas.
func (d *Demo) inbox(v *visit.Visit) error {
	_, attempted := v.Attempt()
	page := &inboxPage{
		Layout: v.Layout("web.demo.inbox"), Phone: cmp.Or(account.Phone(v.Query("phone")), attempted, v.Who.Phone),
		Empty: ui.Empty{Text: v.T("web.demo.no-messages")},
	}
	phones := []string{page.Phone}
	if page.Phone != "" && d.Reply != nil {
		page.Reply, page.Sent = v.Href("demo", "inbox"), v.Query("sent") != ""
	}
	if page.Phone == "" {
		phones = nil
		for _, p := range d.Personas {
			phones = append(phones, p.Phone)
		}
	}
	for _, phone := range phones {
		messages, err := v.Engine.Messages(v.Context(), phone, 20)
		if err != nil {
			return err
		}
		for _, m := range messages {
			key := casework.LetterText(cmp.Or(m.Channel, notify.SMS), m.Key, m.Args)
			line := message{Message: m, Text: v.Texts.Text(m.Lang, key, m.Args), Tag: show.LetterState(v, m)}
			if m.Channel != "" {
				line.Way = v.T("notify.channel." + string(m.Channel))
			}
			page.Messages = append(page.Messages, line)
		}
	}
	slices.SortStableFunc(page.Messages, func(a, b message) int { return b.At.Compare(a.At) })
	return v.Page("web/inbox", page)
}

// reply sends an answer from a telephone. What came of it stands in the messages, as
// on a telephone.
func (d *Demo) reply(v *visit.Visit) error {
	phone := account.Phone(v.Field("phone"))
	if d.Reply == nil || phone == "" {
		return aiqyn.E(aiqyn.Invalid, "error.web-form")
	}
	if err := d.Reply(v.Context(), phone, v.Field("text")); err != nil {
		return err
	}
	return v.Redirect(v.Href("demo", "inbox") + "?" + url.Values{"phone": {phone}, "sent": {"1"}}.Encode())
}

// clock moves the demonstration's time on.
func (d *Demo) clock(v *visit.Visit) error {
	hours, err := strconv.Atoi(v.Field("hours"))
	if err != nil || hours < 1 || hours > 24*31 || d.Advance == nil {
		return aiqyn.E(aiqyn.Invalid, "error.web-form")
	}
	if err := d.Advance(time.Duration(hours) * time.Hour); err != nil {
		return err
	}
	return v.Go("demo")
}
