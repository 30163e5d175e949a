# packaging: Debian's packages, from what make dist packs.
# They are put into packaging/ of the build. DEB_BUILD_OPTIONS=nocheck builds without testing.

deb_tree = packaging/$(PACKAGE)-$(VERSION)

deb: dist
	@set -e; \
	rm -rf $(deb_tree) && $(MKDIR_P) packaging && tar -xzf $(distdir).tar.gz -C packaging; \
	mv $(deb_tree)/packaging/debian $(deb_tree)/debian; \
	cd $(deb_tree); \
	said=$$(dpkg-parsechangelog -S Version); \
	case $$said in $(VERSION)-*) ;; \
	*) echo "packaging/debian/changelog is of $$said, not of $(VERSION)" >&2; exit 1;; esac; \
	dpkg-buildpackage -us -uc -b
	@rm -rf $(deb_tree) && echo "packaging/:" && cd packaging && ls *.deb
.PHONY: deb

# As root, with lintian and systemd-container.
check-deb: deb
	@$(srcdir)/packaging/check packaging && echo '# PASS: 1'
.PHONY: check-deb

clean-local: clean-deb
clean-deb:
	rm -rf packaging/*.deb packaging/*.buildinfo packaging/*.changes $(deb_tree)
.PHONY: clean-deb

EXTRA_DIST += \
	packaging/check \
	packaging/debian/changelog \
	packaging/debian/control \
	packaging/debian/copyright \
	packaging/debian/libreplyd-dev.install \
	packaging/debian/libreplyd0.install \
	packaging/debian/libreplyd0.symbols \
	packaging/debian/replyd-doc.docs \
	packaging/debian/replyd-doc.examples \
	packaging/debian/replyd.install \
	packaging/debian/rules \
	packaging/debian/source/format
