package deadline

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"aiqyn"

	"go.yaml.in/yaml/v3"
)

// Limits on a calendar file.
const (
	maxFile  = 1 << 20
	maxYears = 100
)

// ParseCalendar reads a calendar file; name is how errors call it. It is
// strict: an unknown or repeated key, a missing translation, a day twice or
// outside the published years are errors, all of them reported as [ParseErrors].
//
//	calendar: kz
//	title: {kk: …, ru: …, en: …}
//	zone: Asia/Almaty
//	years: {from: 2025, to: 2027}
//	weekend: [saturday, sunday]
//	office-hours: {open: "09:00", close: "18:30"}
//	counting:
//	  after-hours: next-working-day      # or same-day
//	  on-day-off: next-working-day
//	  ends-on-day-off: next-working-day  # of terms in calendar days
//	  law: {act: K2000000350, from: 2021-07-01, status: unconfirmed}
//	days:
//	  - date: 2025-05-09
//	    kind: public    # off-no-transfer, transferred-day-off, working-weekend
//	    name: {kk: Жеңіс күні, ru: День Победы, en: Victory Day}
//	    status: confirmed                # or derived
//	    source: …
//	    announced: 2025-01-01
func ParseCalendar(data []byte, name string) (*Calendar, error) {
	p := &parser{file: name}
	root, err := p.document(data)
	if err != nil {
		return nil, err
	}
	c := p.calendar(root)
	if len(p.errs) > 0 {
		slices.SortStableFunc(p.errs, func(a, b *ParseError) int { return a.Line - b.Line })
		return nil, p.errs
	}
	slices.SortFunc(c.Days, func(a, b Day) int { return a.Date.Compare(b.Date) })
	c.version = c.hash()
	c.index()
	return c, nil
}

// hash is over the content as JSON, so that two files that say the same are
// the same version.
func (c *Calendar) hash() string {
	content, err := json.Marshal(struct {
		*Calendar
		Zone        string
		Weekend     [7]bool
		Open, Close time.Duration
	}{c, c.Zone.String(), c.weekend, c.open, c.close})
	if err != nil {
		panic(err) // texts, dates and numbers only
	}
	sum := sha256.Sum256(content)
	return hex.EncodeToString(sum[:6])
}

// parser reads YAML nodes and collects what is wrong with them.
type parser struct {
	file string
	errs ParseErrors
}

func (p *parser) fail(n *yaml.Node, format string, args ...any) {
	p.errs = append(p.errs, &ParseError{File: p.file, Line: n.Line, Message: fmt.Sprintf(format, args...)})
}

var yamlLine = regexp.MustCompile(`line (\d+): (.*)`)

func (p *parser) document(data []byte) (*yaml.Node, error) {
	broken := func(line int, message string) (*yaml.Node, error) {
		return nil, ParseErrors{{File: p.file, Line: line, Message: message}}
	}
	if len(data) > maxFile {
		return broken(1, "the file is larger than 1 MB")
	}
	decoder := yaml.NewDecoder(bytes.NewReader(data))
	var doc yaml.Node
	if err := decoder.Decode(&doc); err != nil {
		if m := yamlLine.FindStringSubmatch(err.Error()); m != nil {
			line, _ := strconv.Atoi(m[1])
			return broken(line, m[2])
		}
		if errors.Is(err, io.EOF) {
			return broken(1, "the file is empty")
		}
		return broken(1, err.Error())
	}
	if err := decoder.Decode(&yaml.Node{}); !errors.Is(err, io.EOF) {
		return broken(1, "the file holds more than one document")
	}
	return doc.Content[0], nil
}

// fields reads a mapping whose keys must be among required and optional.
func (p *parser) fields(n *yaml.Node, what string, required, optional []string) map[string]*yaml.Node {
	found := map[string]*yaml.Node{}
	if n.Kind != yaml.MappingNode {
		p.fail(n, "%s: a mapping is expected", what)
		return found
	}
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := n.Content[i], n.Content[i+1]
		switch {
		case !slices.Contains(required, key.Value) && !slices.Contains(optional, key.Value):
			p.fail(key, "%s: unknown key %q", what, key.Value)
		case found[key.Value] != nil:
			p.fail(key, "%s: %q stands twice", what, key.Value)
		case value.Kind == yaml.AliasNode:
			p.fail(value, "%s: aliases are not part of the format", what)
		default:
			found[key.Value] = value
		}
	}
	for _, key := range required {
		if found[key] == nil {
			p.fail(n, "%s: %q is missing", what, key)
		}
	}
	return found
}

// text reads a scalar; an absent node, already reported, reads as "".
func (p *parser) text(n *yaml.Node, what string) string {
	if n == nil {
		return ""
	}
	if n.Kind != yaml.ScalarNode || strings.TrimSpace(n.Value) == "" {
		p.fail(n, "%s: a text is expected", what)
		return ""
	}
	return n.Value
}

// oneOf reads a scalar that must be one of the given values.
func oneOf[T ~string](p *parser, n *yaml.Node, what string, values ...T) T {
	s := T(p.text(n, what))
	if s != "" && !slices.Contains(values, s) {
		p.fail(n, "%s: %q is not one of %q", what, s, values)
	}
	return s
}

func (p *parser) date(n *yaml.Node, what string) Date {
	s := p.text(n, what)
	if s == "" {
		return Date{}
	}
	d, err := ParseDate(s)
	if err != nil {
		p.fail(n, "%s: %v", what, err)
	}
	return d
}

func (p *parser) number(n *yaml.Node, what string) int {
	s := p.text(n, what)
	if s == "" {
		return 0
	}
	v, err := strconv.Atoi(s)
	if err != nil {
		p.fail(n, "%s: %q is not a number", what, s)
	}
	return v
}

// translated reads a text in all three languages.
func (p *parser) translated(n *yaml.Node, what string) aiqyn.Text {
	if n == nil {
		return aiqyn.Text{}
	}
	f := p.fields(n, what, []string{"kk", "ru", "en"}, nil)
	return aiqyn.Text{KK: p.text(f["kk"], what), RU: p.text(f["ru"], what), EN: p.text(f["en"], what)}
}
