package casework

import (
	"bytes"
	"encoding/json"
	"fmt"
	"html/template"
	"strconv"

	"aiqyn"
	"aiqyn/grid"
	"aiqyn/locale"
	"aiqyn/service"
)

// A refusal for want of power is also a document that people read: in three languages,
// made from the ruling and the pack and from nothing else. The entry of the refusal names
// the SHA-256 of each, the archive of the case holds them, and whoever has the ruling
// makes the same bytes again. So a form never changes once it was given out, nor do its
// words, which are refusal-one.… of the catalogue: better ones are the next form.

// RefusalForm is the form that is given out now.
const RefusalForm = 1

// refusalDocuments names the documents of one refusal, each by its SHA-256.
type refusalDocuments struct {
	EN   string `json:"en"`
	Form int    `json:"form"`
	KK   string `json:"kk"`
	RU   string `json:"ru"`
}

// Hash is that of the document in a language.
func (d *refusalDocuments) hash(l aiqyn.Lang) string {
	return map[aiqyn.Lang]string{aiqyn.English: d.EN, aiqyn.Kazakh: d.KK, aiqyn.Russian: d.RU}[l]
}

// DocumentsNamed are the documents that an event's private part names, each by its
// SHA-256; none of an event that names none.
func DocumentsNamed(kind string, private []byte) map[aiqyn.Lang]string {
	var p struct {
		Data struct {
			Document *refusalDocuments `json:"document"`
		} `json:"data"`
	}
	if EventKind(kind) != EventRefused || json.Unmarshal(private, &p) != nil || p.Data.Document == nil {
		return nil
	}
	named := make(map[aiqyn.Lang]string, len(aiqyn.Langs))
	for _, l := range aiqyn.Langs {
		named[l] = p.Data.Document.hash(l)
	}
	return named
}

// RefusalSays is what such a document is made from.
type RefusalSays struct {
	Ref     aiqyn.Reference
	Service *service.Service
	Reason  string // of the service's list
	Ruling  int64  // its entry
	Now     string // day by which it was ruled
	NoRoom  grid.NoRoom
}

// RefusalDocument makes the document of a form in a language.
func RefusalDocument(form int, l aiqyn.Lang, says RefusalSays) ([]byte, error) {
	if form != 1 {
		return nil, fmt.Errorf("form %d of a refusal is not in this binary", form)
	}
	reason, ok := says.Service.Reason(says.Reason)
	if !ok {
		return nil, fmt.Errorf("the service has no reason %q", says.Reason)
	}
	texts, err := locale.Load()
	if err != nil {
		return nil, err
	}
	d := refusalOne{texts: texts, lang: l}
	page := refusalPage{Lang: string(l), Title: d.t("refusal-one.title"), Service: says.Service.Title.In(l), Reason: reason.Text.In(l), Intro: d.t("refusal-one.intro"),
		Check: d.t("refusal-one.check", "ruling", says.Ruling), PointsTitle: d.t("refusal-one.points")}
	law := reason.Law.Act
	if reason.Law.Article != "" {
		law += ", " + reason.Law.Article
	}
	page.Rows = [][2]string{{d.t("refusal-one.ref"), string(says.Ref)}, {d.t("refusal-one.reason"), page.Reason}, {d.t("refusal-one.law"), law}, {d.t("refusal-one.day"), says.Now},
		{d.t("refusal-one.load"), locale.Kilowatt(l, says.NoRoom.LoadW)}, {d.t("refusal-one.network"), says.NoRoom.Network}, {d.t("refusal-one.ruling"), strconv.FormatInt(says.Ruling, 10)}}
	for i := range says.NoRoom.Points {
		page.Points = append(page.Points, d.point(&says.NoRoom.Points[i]))
	}
	if len(page.Points) == 0 {
		page.Intro = d.t("refusal-one.no-points")
	}
	var out bytes.Buffer
	err = refusalTemplate.Execute(&out, page)
	return out.Bytes(), err
}

type refusalPage struct {
	Lang, Title, Service, Reason, Intro, Check, PointsTitle string
	Rows                                                    [][2]string
	Points                                                  []refusalPoint
}

type refusalPoint struct {
	Name string
	Rows [][2]string
}

// refusalOne writes the first form in one language.
type refusalOne struct {
	texts *locale.Catalogue
	lang  aiqyn.Lang
}

func (d refusalOne) t(key string, args ...any) string {
	named := make(map[string]any, len(args)/2)
	for i := 0; i+1 < len(args); i += 2 {
		named[args[i].(string)] = args[i+1]
	}
	return d.texts.Text(d.lang, key, named)
}

func (d refusalOne) point(p *grid.NoRoomPoint) refusalPoint {
	out := refusalPoint{Name: d.t("refusal-one.point", "id", p.ID)}
	row := func(key, value string) { out.Rows = append(out.Rows, [2]string{d.t(key), value}) }
	row("refusal-one.because", d.t("refusal-one.because."+p.Because))
	row("refusal-one.length", locale.Distance(d.lang, p.RouteM))
	if p.Because == grid.BecauseFar { // that far nothing was computed
		return out
	}
	row("refusal-one.free", locale.Kilowatt(d.lang, p.FreeW))
	binds := d.t("refusal-one.binding." + p.Binding)
	switch p.Binding {
	case grid.BindVoltage, grid.BindLine, grid.BindTrafo:
		binds = d.t("refusal-one.binding."+p.Binding, "id", strconv.Itoa(p.Element))
	}
	row("refusal-one.binds", binds)
	if l := p.Limit; l != nil && l.Unit == "V" {
		row("refusal-one.limit", d.t("refusal-one.limit-volts", "least", locale.Number(d.lang, l.Least), "most", locale.Number(d.lang, l.Most)))
	} else if l != nil {
		row("refusal-one.limit", d.t("refusal-one.limit-"+map[string]string{"A": "ampere", "VA": "va"}[l.Unit], "most", locale.Number(d.lang, l.Most)))
	}
	if a := p.Above; a != nil {
		row("refusal-one.above", d.t("refusal-one.trafo", "id", strconv.Itoa(a.Trafo)))
		row("refusal-one.rated", d.t("refusal-one.va", "n", locale.Number(d.lang, a.RatedVA)))
		row("refusal-one.drawn", d.t("refusal-one.watt", "n", locale.Number(d.lang, a.LoadW)))
		row("refusal-one.reserved", d.t("refusal-one.watt", "n", locale.Number(d.lang, a.ReservedW)))
	}
	if r := p.Reinforce; r != nil {
		for _, s := range r.Steps {
			row("refusal-one.replace", d.t("refusal-one.replace-"+s.Kind, "id", strconv.Itoa(s.Element), "now", locale.Number(d.lang, s.Now), "then", locale.Number(d.lang, s.Then),
				"sum", locale.Money(d.lang, s.Cost)))
		}
		row("refusal-one.cost", locale.Money(d.lang, r.Cost))
	} else {
		row("refusal-one.cost", d.t("refusal-one.no-reinforcement"))
	}
	return out
}

// refusalTemplate is the first form. It needs nothing from anywhere and prints as it is.
var refusalTemplate = template.Must(template.New("refusal@1").Parse(`<!doctype html>
<html lang="{{.Lang}}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1"><title>{{.Title}}</title></head>
<body>
<h1>{{.Title}}</h1>
<p>{{.Service}}</p>
<dl>
{{range .Rows}}<dt>{{index . 0}}</dt><dd>{{index . 1}}</dd>
{{end}}</dl>
<p>{{.Intro}}</p>
{{if .Points}}<h2>{{.PointsTitle}}</h2>
{{end}}{{range .Points}}<h3>{{.Name}}</h3>
<dl>
{{range .Rows}}<dt>{{index . 0}}</dt><dd>{{index . 1}}</dd>
{{end}}</dl>
{{end}}<p>{{.Check}}</p>
</body></html>
`))

// refusalSays is what the document of a refusal says; nil where its ruling has nothing of
// points without room.
func refusalSays(ref aiqyn.Reference, svc *service.Service, reason string, ruling int64, r *ruled) *RefusalSays {
	said := noRoomIn(r.Computed)
	if of, _ := ofPlace(svc, reason); !of || said == nil {
		return nil
	}
	return &RefusalSays{Ref: ref, Service: svc, Reason: reason, Ruling: ruling, Now: r.Now, NoRoom: *said}
}

// documents makes a refusal's in all languages, and names them.
func (says *RefusalSays) documents(form int) (*refusalDocuments, error) {
	if says == nil {
		return nil, nil
	}
	out := &refusalDocuments{Form: form}
	for l, hash := range map[aiqyn.Lang]*string{aiqyn.English: &out.EN, aiqyn.Kazakh: &out.KK, aiqyn.Russian: &out.RU} {
		text, err := RefusalDocument(form, l, *says)
		if err != nil {
			return nil, err
		}
		*hash = hexSum(text)
	}
	return out, nil
}

// documented holds the documents that a refusal names to its ruling.
func (c *caseAudit) documented(ev *event, d *refused) {
	if c.svc == nil || c.verdict == nil || c.verdictAt != d.Ruling {
		return // said already
	}
	form := RefusalForm
	if d.Document != nil {
		form = d.Document.Form
	}
	want, err := refusalSays(c.rec.state.Ref, c.svc, d.Reason, d.Ruling, c.verdict).documents(form)
	switch {
	case err != nil:
		c.wrong(ev.index, "what the refusal says to be read cannot be made again: %v", err)
	case (want == nil) != (d.Document == nil) || want != nil && *want != *d.Document:
		c.wrong(ev.index, "what the refusal says to be read is not what its ruling says")
	}
}
