package service

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"path"
	"slices"
	"strings"

	"aiqyn"
	"aiqyn/deadline"
)

// File is one file of a pack. Names are slash-separated; whatever stands before
// pack.yaml stands before the others too.
type File struct {
	Name string
	Data []byte
}

// Options tell what the program that will run a pack can do. A nil list means
// that nobody can say, and is not held against the pack.
type Options struct {
	Computations []string // names with version: "grid.connection-points@1"
	Registers    []string // that can be read: "cadastre.rights"
}

// ParsePack reads and validates a pack without regard to who will run it.
func ParsePack(files []File) (*Pack, error) { return ParsePackWith(files, Options{}) }

// ParsePackWith reads and validates a pack for a program that has these
// computations and registers. The error, if any, is [ParseErrors]: everything
// that is wrong, with file and line. A pack that could be published once is read
// for good; what it must not have any more is what [Pack.Overtaken] tells.
func ParsePackWith(files []File, o Options) (*Pack, error) {
	p := &parser{
		problems: &problems{}, options: o, folders: map[string]*draft{}, documents: map[aiqyn.ServiceID]*document{},
		reader: &reader{acts: map[string]Act{}, same: map[string]bool{}, missing: map[string]bool{}},
	}
	pack := p.parse(files)
	if err := p.problems.err(); err != nil {
		return nil, err
	}
	pack.hash, pack.overtaken = packHash(pack, p.roots), inOrder(p.problems.since)
	return pack, nil
}

// parser goes through the files of one pack.
type parser struct {
	problems  *problems
	options   Options
	reader    *reader
	pack      *Pack
	folders   map[string]*draft // of services, by folder
	documents map[aiqyn.ServiceID]*document
	roots     []hashed // what the hash of the pack is over
	told      []told
}

func (p *parser) parse(files []File) *Pack {
	at := slices.IndexFunc(files, func(f File) bool { return path.Base(f.Name) == "pack.yaml" })
	if at < 0 {
		p.problems.add("pack.yaml", 1, "the file is missing")
		return nil
	}
	doc := parseDocument(files[at], p.problems)
	if doc == nil {
		return nil
	}
	p.pack = p.reader.pack(value{doc, doc.root})
	p.pack.Calendars = map[string]*deadline.Calendar{}
	p.roots = append(p.roots, hashed{"pack", canonical(doc.root)})
	root := strings.TrimSuffix(files[at].Name, "pack.yaml")
	for _, f := range files {
		if f.Name != files[at].Name {
			p.file(root, f)
		}
	}
	for _, folder := range slices.Sorted(maps.Keys(p.folders)) {
		p.check(folder, p.folders[folder])
	}
	slices.SortFunc(p.pack.Services, func(a, b *Service) int { return cmp.Compare(a.ID, b.ID) })
	p.follows()
	p.voltages(doc)
	p.stories()
	for _, text := range slices.Sorted(maps.Keys(p.reader.same)) {
		if !p.reader.same[text] {
			doc.fail("same-in-kk-and-ru", "no text of the pack is %q in both languages", text)
		}
	}
	return p.pack
}

// voltages holds what a voltage goes by to the questions of services, once all are read: an
// answer that no service offers limits nothing.
func (p *parser) voltages(doc *document) {
	if p.pack.Capacity == nil {
		return
	}
	for i, rule := range p.pack.Capacity.Voltages {
		offers := func(s *Service) bool {
			q, ok := s.Question(rule.Question)
			return ok && slices.ContainsFunc(q.Of, func(o Choice) bool { return o.Value == rule.Answer })
		}
		if !slices.ContainsFunc(p.pack.Services, offers) {
			doc.overtaken(fmt.Sprintf("capacity.voltages[%d]", i), "no service has a question %q with the option %q", rule.Question, rule.Answer)
		}
	}
}

// file reads one file by where it lies.
func (p *parser) file(root string, f File) {
	name, below := strings.CutPrefix(f.Name, root)
	folder, base := path.Split(name)
	switch {
	case !below:
		p.problems.add(f.Name, 1, "the file lies outside the pack")
	case name == "certificates.yaml":
		if doc := parseDocument(f, p.problems); doc != nil {
			p.pack.Certificates = p.reader.certificates(value{doc, doc.root}, p.pack.Registers)
			p.roots = append(p.roots, hashed{"certificates", canonical(doc.root)})
		}
	case folder == "calendars/" && path.Ext(base) == ".yaml":
		p.calendar(f, strings.TrimSuffix(base, ".yaml"))
	case strings.HasPrefix(folder, "services/") && strings.Count(folder, "/") == 2 && base == "service.yaml":
		p.draft(folder).service = f
	case strings.HasPrefix(folder, "services/") && strings.Count(folder, "/") == 2 && base == "cases.txtar":
		p.draft(folder).stories = f
	default:
		p.problems.add(f.Name, 1, "no such file belongs to a pack")
	}
}

func (p *parser) calendar(f File, name string) {
	c, err := deadline.ParseCalendar(f.Data, f.Name)
	if err != nil {
		var list ParseErrors
		if errors.As(err, &list) {
			p.problems.list = append(p.problems.list, list...)
		} else {
			p.problems.add(f.Name, 1, "%v", err)
		}
		return
	}
	if c.Name != name {
		p.problems.add(f.Name, 1, "the calendar calls itself %q, its file %q", c.Name, name)
	}
	p.pack.Calendars[c.Name] = c
	p.roots = append(p.roots, hashed{"calendar " + c.Name, c.Version()})
}

// draft is the files of one service.
type draft struct{ service, stories File }

func (p *parser) draft(folder string) *draft {
	name := path.Base(folder)
	if p.folders[name] == nil {
		p.folders[name] = &draft{}
	}
	return p.folders[name]
}

// check reads a service and its stories, and holds the service to everything
// that its parts say about each other, and the stories to the service.
func (p *parser) check(folder string, d *draft) {
	if d.service.Name == "" {
		p.problems.add(d.stories.Name, 1, "there is no service.yaml in %s", folder)
		return
	}
	before := p.problems.count()
	s := p.service(d.service, folder)
	if d.stories.Name == "" {
		p.problems.add(d.service.Name, 1, "the service has no stories: cases.txtar is missing")
		return
	}
	list, err := ParseStory(d.stories.Data, d.stories.Name)
	var wrong ParseErrors
	if errors.As(err, &wrong) {
		p.problems.list = append(p.problems.list, wrong...)
	}
	if p.problems.count() == before {
		s.Stories = list
		p.told = append(p.told, told{s, d.stories.Name})
	}
}

// told is a service whose stories can be held to it.
type told struct {
	*Service
	file string
}

// stories holds stories to the services that they tell of, once all are read.
func (p *parser) stories() {
	for _, s := range p.told {
		checkStories(s.Service, p.pack, s.Stories, s.file, p.problems)
	}
}

// service reads and checks one service.yaml.
func (p *parser) service(f File, folder string) *Service {
	doc := parseDocument(f, p.problems)
	if doc == nil {
		return nil
	}
	s := p.reader.service(value{doc, doc.root})
	if string(s.ID) != folder {
		doc.fail("service", "the service calls itself %q, its folder %q", s.ID, folder)
	}
	s.hash, s.Appeal, s.Correction = digest(canonical(doc.root)), p.pack.Appeal, p.pack.Correction
	p.pack.Services = append(p.pack.Services, s)
	p.documents[s.ID] = doc
	p.roots = append(p.roots, hashed{"service " + string(s.ID), s.hash})
	(&checker{doc: doc, pack: p.pack, options: p.options, s: s}).check()
	return s
}

// IsWhole reports whether the pack leaves nothing to the pack in force: every service
// says who hears appeals and who corrects. Such a pack is only read, and may be shared.
func (p *Pack) IsWhole() bool {
	return !slices.ContainsFunc(p.Services, func(s *Service) bool { return s.Appeal == nil || s.Correction == nil })
}

// Service finds a service by its id.
func (p *Pack) Service(id aiqyn.ServiceID) (*Service, bool) {
	i, ok := slices.BinarySearchFunc(p.Services, id, func(s *Service, id aiqyn.ServiceID) int { return cmp.Compare(s.ID, id) })
	if !ok {
		return nil, false
	}
	return p.Services[i], true
}
