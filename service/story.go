package service

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"
)

// Story is one case told from filing to outcome: a test that a lawyer reads.
type Story struct {
	Name  string // of its part of the archive: "happy-path"
	Title string // its first line, without the #
	Line  int
	Lines []StoryLine
}

// StoryLine is one sentence of a story. Verb is the fixed words of its form,
// Args what stands in the holes, in order. Answers ({answers}) come last and
// are in Set.
//
//	expect due conditions 2026-05-13 because holiday 2026-05-07
//	Verb "expect due because", Args [conditions 2026-05-13 holiday 2026-05-07]
type StoryLine struct {
	Line int
	Verb string
	Args []string
	Set  []Setting
}

// Setting is one name=value of a line.
type Setting struct{ Name, Value string }

// Get returns the value of a setting.
func (l StoryLine) Get(name string) (string, bool) {
	for _, s := range l.Set {
		if s.Name == name {
			return s.Value, true
		}
	}
	return "", false
}

const (
	maxStories    = 500
	maxStoryLines = 500
)

// ParseStory reads a cases.txtar: an archive of stories, each part one story.
//
//	-- happy-path --
//	# The builder has the right and there is margin
//	given person 900101750009 "Айгүл Серікқызы"
//	given parcel 99-999-001-001 held by 900101750009
//	given margin 400 kW at nearest node
//	at 2026-05-04 10:00
//	applicant files parcel=99-999-001-001 load=150
//	expect drawn survey
//
// Each line is one sentence of the forms listed under [StoryForms]. A word in
// braces is a hole; text stands in "quotes"; {answers} is any number of
// name=value. # begins a comment, and the first one is the story's title.
// Empty lines part the story for the eye.
//
// What is given holds before the first at; then every line happens at the time
// of the last at, which only moves forward and is local. Time that passes
// brings about what is due: draws, dates, silence. A line about a case is about
// the case that was filed last, or since "about PERSON" that person's. Expect
// checks what the line before it led to: the newest event, ruling or answer.
//
// name is how errors call the file. The error, if any, is [ParseErrors].
func ParseStory(data []byte, name string) ([]Story, error) {
	p := &storyParser{file: name, problems: &problems{}}
	list := p.archive(data)
	if err := p.problems.err(); err != nil {
		return nil, err
	}
	return list, nil
}

// storyParser goes through one archive.
type storyParser struct {
	file     string
	problems *problems
	line     int
}

func (p *storyParser) fail(format string, args ...any) {
	p.problems.add(p.file, p.line, format, args...)
}

func (p *storyParser) archive(data []byte) []Story {
	switch {
	case len(data) > maxFile:
		p.problems.add(p.file, 1, "the file is larger than %d KiB", maxFile>>10)
		return nil
	case !utf8.Valid(data):
		p.problems.add(p.file, 1, "the file is not UTF-8")
		return nil
	}
	var list []Story
	var current *Story
	finish := func() {
		if current == nil {
			return
		}
		if slices.ContainsFunc(list, func(o Story) bool { return o.Name == current.Name }) {
			p.problems.add(p.file, current.Line, "story %q is there already", current.Name)
		}
		p.shape(*current)
		list = append(list, *current)
	}
	for text := range strings.Lines(string(data)) {
		p.line++
		text = strings.TrimSpace(text)
		if m := partShape.FindStringSubmatch(text); m != nil {
			finish()
			if len(list) == maxStories {
				p.fail("more than %d stories in one file", maxStories)
				return nil
			}
			current = p.begin(m[1])
			continue
		}
		p.text(current, text)
	}
	finish()
	if current == nil {
		p.problems.add(p.file, 1, "there is no story in the file: one begins with -- name --")
	}
	return list
}

// partShape is the line with which a part of a txtar archive begins. The
// packages that read such archives drop the numbers of lines, which errors need.
var partShape = regexp.MustCompile(`^-- (.*) --$`)

// begin starts the story of a part.
func (p *storyParser) begin(name string) *Story {
	if !nameShape.MatchString(name) {
		p.fail("story %q: want a name of lower-case words joined by hyphens", name)
	}
	return &Story{Name: name, Line: p.line}
}

// text reads one line between the lines that begin parts.
func (p *storyParser) text(s *Story, text string) {
	comment, isComment := strings.CutPrefix(text, "#")
	switch {
	case text == "":
	case isComment && s != nil && s.Title == "" && len(s.Lines) == 0:
		s.Title = strings.TrimSpace(comment)
	case isComment:
	case s == nil:
		p.fail("before the first story (-- name --) only comments may stand")
	default:
		if line, ok := p.sentence(text); ok {
			s.Lines = append(s.Lines, line)
		}
	}
}

// withoutCase are the deeds that need no case.
var withoutCase = []string{"institution publishes a lot of", "institution takes back the lot of because", "lots go on", "institution reports places in",
	"institution publishes slots of minutes at in", "institution publishes same-day slots of minutes at in", "institution cancels the slots at in",
	"person becomes", "round is held",
	"register of says", "register is down", "register is up", "bank is down", "bank is up", "reader of reads of", "applicant reports demanded by",
}

// shape checks what makes a story one: a title, a time before the first deed,
// time that moves forward, and at least one expectation.
func (p *storyParser) shape(s Story) {
	at := func(line int, format string, args ...any) { p.problems.add(p.file, line, format, args...) }
	if s.Title == "" {
		at(s.Line, "story %q has no title: begin with # and one sentence", s.Name)
	}
	if len(s.Lines) > maxStoryLines {
		at(s.Line, "story %q has more than %d lines", s.Name, maxStoryLines)
	}
	now, filed, expects := "", false, false
	for _, l := range s.Lines {
		word, _, _ := strings.Cut(l.Verb, " ")
		switch word {
		case "given":
			if now != "" {
				at(l.Line, "what is given stands before the first at")
			}
			continue
		case "at":
			next := l.Args[0] + " " + l.Args[1]
			if next < now {
				at(l.Line, "time goes back from %s to %s", now, next)
			}
			now = next
			continue
		case "expect":
			expects = true
		}
		if now == "" {
			at(l.Line, "nothing happens before the first at")
		}
		filed = filed || strings.HasPrefix(l.Verb, "applicant files") || l.Verb == "former queue has since"
		if !filed && !slices.Contains(withoutCase, l.Verb) && word != "expect" {
			at(l.Line, "nothing was filed yet")
		}
	}
	if !expects {
		at(s.Line, "story %q expects nothing", s.Name)
	}
}
