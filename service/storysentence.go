package service

import (
	"fmt"
	"slices"
	"strings"
)

// How a line of a story is read: its words are held against each of [StoryForms].

// token is one word of a line; a quoted one can only be text or a value.
type token struct {
	text   string
	quoted bool
}

// spaces part words.
const spaces = " \t\n\f\r"

// tokens splits a line; ok is false when a quote is not closed, or stands within a word.
// It is written out because every process that reads a pack reads thousands of lines.
func tokens(line string) (list []token, ok bool) {
	for line != "" {
		var t token
		end := strings.IndexAny(line, spaces+`"`)
		switch {
		case end < 0:
			t.text, end = line, len(line)
		case line[end] != '"':
			t.text = line[:end]
		default:
			text, _, closed := strings.Cut(line[end+1:], `"`)
			named := end > 0
			if !closed || named && !isSetting(line[:end]) {
				return nil, false
			}
			t.text, t.quoted = line[:end]+text, !named
			end += len(text) + 2
		}
		rest := strings.TrimLeft(line[end:], spaces)
		if end == 0 || rest != "" && len(rest) == len(line)-end { // a space stands first, or none stands between
			return nil, false
		}
		list, line = append(list, t), rest
	}
	return list, true
}

// isSetting reports whether a text is the name of a setting with its sign, as "load=".
func isSetting(s string) bool {
	name, ok := strings.CutSuffix(s, "=")
	for i, c := range []byte(name) {
		isLetter, isOther := 'a' <= c && c <= 'z', '0' <= c && c <= '9' || c == '-'
		if !isLetter && (i == 0 || !isOther) {
			return false
		}
	}
	return ok && name != ""
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
	best := 0
	var meant *storyForm
	for i := range storyForms {
		form := &storyForms[i]
		agreed, whole := form.leads(words)
		if whole {
			line, more, err := form.match(words)
			if err == nil {
				line.Line = p.line
				return line, true
			}
			agreed = more
		}
		if agreed > best {
			best, meant = agreed, form
		}
	}
	if meant == nil {
		p.fail("this is not a sentence of a story: %s", text)
		return StoryLine{}, false
	}
	_, _, err := meant.match(words)
	p.fail("%v", err)
	return StoryLine{}, false
}

// leads counts the words of a line that are those with which a form begins, before
// anything stands in braces, and reports whether all of them are: most forms are done
// with there, and nothing has to be said about them.
func (f *storyForm) leads(words []token) (agreed int, all bool) {
	for i, piece := range f.pieces {
		switch {
		case piece.hole != "":
			return i, true
		case i >= len(words) || words[i].quoted || words[i].text != piece.word:
			return i, false
		}
	}
	return len(f.pieces), true
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
