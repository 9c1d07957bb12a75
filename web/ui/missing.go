package ui

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"text/template/parse"
)

// missing finds what a page would miss only when somebody opens it: texts that
// no catalogue has, templates that nobody defines.
func (u *UI) missing(own, shared map[string]*parse.Tree) error {
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(own)) {
		walk(own[name].Root, func(n parse.Node) {
			switch n := n.(type) {
			case *parse.CommandNode:
				if key, ok := textKey(n); ok && !u.texts.Has(key) {
					errs = append(errs, fmt.Errorf("template %s: no text is called %s", name, key))
				}
			case *parse.TemplateNode:
				// A block is defined where it stands; the rest must be somewhere.
				if own[n.Name] == nil && shared[n.Name] == nil {
					errs = append(errs, fmt.Errorf("template %s: no template is called %s", name, n.Name))
				}
			}
		})
	}
	return errors.Join(errs...)
}

// textKey is the literal key of a call {{t "key" …}}.
func textKey(c *parse.CommandNode) (string, bool) {
	if len(c.Args) < 2 {
		return "", false
	}
	name, ok := c.Args[0].(*parse.IdentifierNode)
	if !ok || name.Ident != "t" {
		return "", false
	}
	key, ok := c.Args[1].(*parse.StringNode)
	if !ok {
		return "", false
	}
	return key.Text, true
}

// walk visits every command and template call below n.
func walk(n parse.Node, visit func(parse.Node)) {
	switch n := n.(type) {
	case *parse.ListNode:
		if n == nil {
			return
		}
		for _, child := range n.Nodes {
			walk(child, visit)
		}
	case *parse.ActionNode:
		walkPipe(n.Pipe, visit)
	case *parse.IfNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.RangeNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.WithNode:
		walkBranch(&n.BranchNode, visit)
	case *parse.TemplateNode:
		visit(n)
		walkPipe(n.Pipe, visit)
	}
}

func walkBranch(b *parse.BranchNode, visit func(parse.Node)) {
	walkPipe(b.Pipe, visit)
	walk(b.List, visit)
	walk(b.ElseList, visit)
}

func walkPipe(p *parse.PipeNode, visit func(parse.Node)) {
	if p == nil {
		return
	}
	for _, c := range p.Cmds {
		visit(c)
		for _, arg := range c.Args {
			if inner, ok := arg.(*parse.PipeNode); ok {
				walkPipe(inner, visit)
			}
		}
	}
}
