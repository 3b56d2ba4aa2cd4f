"""One article at several places: it is kept once, with the credit that it has at each of them."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import replace
from itertools import count

from index.article import Article
from index.prepare import article_digest, prepare
from index.store import Carrier, Kept, Store, article_key, sameness_of

Place = tuple[str, str]


class Carriers:
    """The further places of kept articles, as they were before and as a plan leaves them."""

    def __init__(self, before: Iterable[Carrier] = ()) -> None:
        self.added: dict[Place, Carrier] = {}
        self.put_down: set[Place] = set()
        self._homes: dict[str, str] = {}
        self._sameness: dict[Place, str] = {}
        self._before = {each.place: each for each in before}
        self._at = defaultdict[str, list[Carrier]](list)
        for each in self._before.values():
            self._at[each.origin].append(each)

    def at(self, origin: str) -> dict[str, Carrier]:
        """What stood at an origin before, by entry."""
        return {each.entry: each for each in self._at.get(origin, ())}

    def drop(self, places: Iterable[Place]) -> None:
        """Nothing stands at these places any more, or something else."""
        for place in places:
            self.added.pop(place, None)
            if place in self._before:
                self.put_down.add(place)

    def keep(self, kept: Kept) -> None:
        """Note that an article is kept, so that others with its text find it."""
        self._homes.setdefault(kept.sameness, kept.key)

    def home_of(self, article: Article, store: Store) -> str:
        """The key of a kept article with the same text; "" where there is none."""
        sameness = sameness_of(article.credit.title, article.text)
        return self._homes.get(sameness) or next(iter(store.articles_like(sameness)), "")

    def carry(self, article: Article, place: Place, home: str) -> None:
        """Note that the article that is kept under the key `home` stands at this place too."""
        digest = article_digest(article)
        self._sameness[place] = sameness_of(article.credit.title, article.text)
        self.restore(Carrier(*place, home, digest, article.credit, article.language))

    def restore(self, carrier: Carrier) -> None:
        """Note a further place as it is to be from now on."""
        place = carrier.place
        if self._before.get(place) == carrier:
            self.put_down.discard(place)
        else:
            self.drop([place])
            self.added[place] = carrier

    def hand_over(self, removed: list[str], kept: list[Kept], store: Store) -> list[Place]:
        """Give articles that lose their first place, or change there, to the next that has them.

        One that would be removed stays under its key. One that changes where it was read first
        goes on as it was under a key of its own. Gives back the places added that are first now.
        """
        places = self._places()
        heirs = []
        for key in [key for key in removed if key in places]:
            removed.remove(key)
            heirs.append(places[key][0].place)
            kept.append(self._inherited(places[key][0], key, store))
        for each in [each for each in kept if each.key in places]:
            was = store.sameness_of(each.key)
            left = [one for one in places[each.key] if self._has_stayed(one, each.sameness)]
            if left and was and was != each.sameness:
                heirs.append(left[0].place)
                kept.append(self._part(left, each.key, store))
        return [place for place in heirs if place not in self._before]

    def _has_stayed(self, carrier: Carrier, changed: str) -> bool:
        """Whether a place has the text from before and not the one that its article has now."""
        return self._sameness.get(carrier.place) != changed

    def _places(self) -> dict[str, list[Carrier]]:
        """The further places that this plan leaves to each article, in their order, by key."""
        places = defaultdict[str, list[Carrier]](list)
        for place, each in sorted((self._before | self.added).items(), key=lambda item: item[0]):
            if place in self.added or place not in self.put_down:
                places[each.article].append(each)
        return places

    def _part(self, carriers: list[Carrier], key: str, store: Store) -> Kept:
        heir, *others = carriers
        new = next(
            unused
            for repeat in count()
            if not store.has_article(
                unused := article_key(heir.origin, f"{heir.entry}#{repeat}", heir.digest)
            )
        )
        kept = self._inherited(heir, key, store, new)
        for other in others:
            self.added[other.place] = replace(other, article=new)
        return kept

    def _inherited(self, heir: Carrier, key: str, store: Store, new: str = "") -> Kept:
        """A stored article as it stands at another place, which is its first from now on."""
        self.drop([heir.place])
        article = replace(store.article(key), credit=heir.credit, language=heir.language)
        article = replace(article, entry=heir.entry)
        return prepare(article, heir.origin, heir.entry, key=new or key)
