# dialogue: scripted conversations with the program.
# To add a case, write tests/dialogue/NAME.dlg and add one line here.

EXTRA_DIST += \
	tests/dialogue/README \
	tests/dialogue/client.py \
	tests/dialogue/escape.py \
	tests/dialogue/program.py \
	tests/dialogue/reply.py \
	tests/dialogue/run
