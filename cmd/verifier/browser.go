//go:build js && wasm

package main

import "syscall/js"

func main() {
	js.Global().Set("aiqynVerify", js.FuncOf(func(_ js.Value, args []js.Value) any {
		var texts [3]string
		for i := range texts {
			if i < len(args) && args[i].Type() == js.TypeString {
				texts[i] = args[i].String()
			}
		}
		return verify(texts[0], texts[1], texts[2])
	}))
	select {} // the page calls
}
