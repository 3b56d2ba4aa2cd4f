"""Stemming from many threads at once."""

from concurrent.futures import ThreadPoolExecutor

from index.words import stem


def test_threads_do_not_disturb_each_other_in_a_stemmer():
    words = [f"bomb{chr(97 + n % 26)}{chr(97 + n // 26)}ings" for n in range(400)]
    alone = [stem(word, "en") for word in words]
    stem.cache_clear()

    with ThreadPoolExecutor(8) as pool:
        together = list(pool.map(lambda word: stem(word, "en"), words * 4))

    assert together == alone * 4
