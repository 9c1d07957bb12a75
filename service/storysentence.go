package service

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// How a line of a story is read: its words are held against each of [StoryForms].

// token is one word of a line; a quoted one can only be text or a value.
type token struct {
	text   string
	quoted bool
}

var tokenShape = regexp.MustCompile(`^(?:([a-z][a-z0-9-]*=)?"([^"]*)"|([^\s"]+))(?:\s+|$)`)

// tokens splits a line; ok is false when a quote is not closed.
func tokens(line string) (list []token, ok bool) {
	for line != "" {
		m := tokenShape.FindStringSubmatch(line)
		if m == nil {
			return nil, false
		}
		switch {
		case m[3] != "":
			list = append(list, token{text: m[3]})
		case m[1] != "":
			list = append(list, token{text: m[1] + m[2]})
		default:
			list = append(list, token{text: m[2], quoted: true})
		}
		line = line[len(m[0]):]
	}
	return list, true
}

// sentence reads one line. Of several forms that begin alike, the one that
// agrees with the most words is the one that was meant, and its complaint the
// one that helps.
func (p *storyParser) sentence(text string) (StoryLine, bool) {
	words, ok := tokens(text)
	if !ok {
		p.fail(`a quote is not closed, or no space follows it: %s`, text)
		return StoryLine{}, false
	}
	best, complaint := 0, fmt.Errorf("this is not a sentence of a story: %s", text)
	for _, form := range storyForms {
		line, agreed, err := form.match(words)
		if err == nil {
			line.Line = p.line
			return line, true
		}
		if agreed > best {
			best, complaint = agreed, err
		}
	}
	p.fail("%v", complaint)
	return StoryLine{}, false
}

// storyForm is one of [StoryForms], taken apart once: hundreds of lines are held
// against each.
type storyForm struct {
	text   string
	pieces []storyPiece
	verb   string   // its own words
	holes  []string // what stands in its braces, the answers left out
}

// storyPiece is a word of a form, or what may stand in its place.
type storyPiece struct{ word, hole string }

var storyForms = func() (list []storyForm) {
	for _, text := range StoryForms {
		f := storyForm{text: text}
		var verb []string
		for _, word := range strings.Fields(text) {
			name, isHole := strings.CutPrefix(word, "{")
			if !isHole {
				verb, f.pieces = append(verb, word), append(f.pieces, storyPiece{word: word})
				continue
			}
			name = strings.TrimSuffix(name, "}")
			if f.pieces = append(f.pieces, storyPiece{hole: name}); name != "answers" {
				f.holes = append(f.holes, name)
			}
		}
		f.verb = strings.Join(verb, " ")
		list = append(list, f)
	}
	return list
}()

// slip says what is wrong with a line when it is asked: of all forms that a line
// is held against, one is.
type slip struct {
	text string
	args []any
}

func (s slip) Error() string { return fmt.Sprintf(s.text, s.args...) }

// match holds the words of a line against a form; agreed counts the words that
// fit before the first that does not.
func (f *storyForm) match(words []token) (line StoryLine, agreed int, err error) {
	line.Verb = f.verb
	for i, piece := range f.pieces {
		if piece.hole == "answers" {
			line.Set, err = settings(words[i:])
			return line, agreed, err
		}
		if i >= len(words) {
			return line, agreed, slip{"the line ends too early: want %s", []any{f.text}}
		}
		word := words[i]
		if piece.hole == "" {
			if word.quoted || word.text != piece.word {
				return line, agreed, slip{"%q: want %q, as in %s", []any{word.text, piece.word, f.text}}
			}
			agreed++
			continue
		}
		if word.quoted != (piece.hole == "text") {
			return line, agreed, slip{"%q: text stands in quotes, everything else without: %s", []any{word.text, f.text}}
		}
		if err := holes[piece.hole](word.text); err != nil {
			return line, agreed, slip{"%v, as in %s", []any{err, f.text}}
		}
		line.Args, agreed = append(line.Args, word.text), agreed+1
	}
	if len(words) > len(f.pieces) {
		return line, agreed, slip{"%q is too much: want %s", []any{words[len(f.pieces)].text, f.text}}
	}
	return line, agreed, nil
}

// settings reads name=value, at least one and each name once.
func settings(words []token) ([]Setting, error) {
	var list []Setting
	for _, word := range words {
		name, v, ok := strings.Cut(word.text, "=")
		if !ok || word.quoted || !nameShape.MatchString(name) {
			return nil, fmt.Errorf("%q: want name=value", word.text)
		}
		if slices.ContainsFunc(list, func(s Setting) bool { return s.Name == name }) {
			return nil, fmt.Errorf("%q is there already", name)
		}
		list = append(list, Setting{Name: name, Value: v})
	}
	if len(list) == 0 {
		return nil, fmt.Errorf("want at least one name=value")
	}
	return list, nil
}
